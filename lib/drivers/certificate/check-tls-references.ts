import { CertificateRetrievalError } from '../../errors/cloud.ts';
import { grantReadAccess } from '../../openstack/key-manager/acl.ts';
import { type CloudSession, cloudSession } from '../../openstack/session.ts';
import { joinRefusals, refusalOf } from './tenant-refusal.ts';
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
   * Reads them as a push would.
   * @throws CertificateRetrievalError naming every reference that cannot be used, and why
   * @throws CloudUnavailableError
   */
  check(references: TlsReferences): Promise<void>;
}

/**
 * The session is opened only when there are references.
 * @param openSession @default cloudSession
 */
export const tlsReferenceChecks = (openSession: () => CloudSession = cloudSession): TlsReferenceChecks => ({
  async grant({ certificates, ca, crl }, userToken) {
    const references = new Set([...certificates, ca, crl].filter((reference) => reference !== null));
    if (references.size === 0) return;
    const session = openSession();
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
  async check(references) {
    if (references.certificates.length === 0 && references.ca === null && references.crl === null) return;
    await tenantTls(openSession())(references);
  },
});
