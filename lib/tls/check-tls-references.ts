import { X509Certificate } from 'node:crypto';
import { isDryRun } from '../context/dry-run.ts';
import { CertificateRetrievalError } from '../errors/cloud.ts';
import { grantReadAccess } from '../openstack/key-manager/acl/requests.ts';
import { type CloudSession, cloudSession } from '../openstack/session.ts';
import { lentSession } from './lent-session.ts';
import { joinRefusals, refusal, refusalOf } from './tenant-refusal.ts';
import { tenantTls } from './tenant-tls.ts';
import type { TlsReferences } from './tls-references.ts';

/** What a request's references go through before they are stored. */
export interface TlsReferenceChecks {
  /**
   * Lets the worker read what the references name, in the name of the requester. Comes before `check`, and is what
   * keeps a tenant from using another one's secret: the worker may read them all, the requester may not share them.
   * @param userToken the requester's own token
   * @throws CertificateRetrievalError naming every reference that the requester may not share
   * @throws CloudUnavailableError
   */
  grant(references: TlsReferences, userToken: string): Promise<void>;
  /**
   * Reads them as a push would, and looks at what a push does not: whether a certificate has expired.
   * @param former what is in use already, and may be used up: a request that replaces one of two is not refused for the
   * other
   * @throws CertificateRetrievalError naming every reference that cannot be used, and why
   * @throws CloudUnavailableError
   */
  check(references: TlsReferences, former?: TlsReferences | null): Promise<void>;
}

/**
 * The session is opened only when there are references.
 * @param openSession @default cloudSession
 */
export const tlsReferenceChecks = (openSession: () => CloudSession = cloudSession): TlsReferenceChecks => {
  /** The requester's token, which reads in a dry run what is not shared yet. */
  let lender: string | null = null;
  return {
    async grant({ certificates, ca, crl }, userToken) {
      const references = new Set([...certificates, ca, crl].filter((reference) => reference !== null));
      if (references.size === 0) return;
      const session = openSession();
      if (isDryRun()) lender = userToken;
      const refusals: CertificateRetrievalError[] = [];
      for (const reference of references) {
        try {
          await grantReadAccess(session, reference, userToken);
        } catch (error) {
          const refused = refusalOf(reference, error);
          if (!(refused instanceof CertificateRetrievalError)) throw refused;
          refusals.push(refused);
        }
      }
      if (refusals.length > 0) throw joinRefusals(refusals);
    },
    async check(references, former = null) {
      if (references.certificates.length === 0 && references.ca === null && references.crl === null) return;
      const { certificates } = await tenantTls(lender === null ? openSession() : lentSession(openSession(), lender))(
        references,
      );
      const now = new Date();
      const expired = references.certificates.flatMap((reference, index) => {
        const file = certificates[index];
        if (file === undefined || former?.certificates.includes(reference)) return [];
        // The leaf comes first in the file.
        const { validToDate } = new X509Certificate(file.pem);
        return validToDate < now ? [refusal(reference, `has expired on ${validToDate.toISOString()}`)] : [];
      });
      if (expired.length > 0) throw joinRefusals(expired);
    },
  };
};
