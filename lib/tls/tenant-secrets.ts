import { getContainer } from '../openstack/key-manager/containers/requests.ts';
import { getSecret, getSecretPayload } from '../openstack/key-manager/secrets/requests.ts';
import type { CloudSession } from '../openstack/session.ts';
import { memoized } from './memoized.ts';
import { refusal, refusalOf } from './tenant-refusal.ts';

/**
 * Tenants' secrets by reference, each one asked for once.
 * @throws CertificateRetrievalError it is not there, has no payload, or may not be read
 * @throws CloudUnavailableError
 */
export interface TenantSecrets {
  payload(reference: string): Promise<Uint8Array>;
  /** References of the secrets in a certificate container, by their names in it. */
  container(reference: string): Promise<ReadonlyMap<string, string>>;
}

/** Bytes. The key manager itself takes 20 KB unless its operator allows more. */
const MOST_BYTES = 131_072;

export const tenantSecrets = (session: CloudSession): TenantSecrets => ({
  payload: memoized(async (reference) => {
    try {
      const type = (await getSecret(session, reference)).content_types?.default;
      if (type === undefined) throw refusal(reference, 'has no payload');
      const mediaType = type.startsWith('text/') ? 'text/plain' : 'application/octet-stream';
      const bytes = await getSecretPayload(session, reference, mediaType);
      if (bytes.length > MOST_BYTES) throw refusal(reference, `holds more than ${MOST_BYTES} bytes`);
      return bytes;
    } catch (error) {
      throw refusalOf(reference, error);
    }
  }),
  container: memoized(async (reference) => {
    try {
      const { type, secret_refs } = await getContainer(session, reference);
      if (type !== 'certificate') throw refusal(reference, 'is not a certificate container');
      return new Map(secret_refs.flatMap(({ name, secret_ref }) => (name ? [[name, secret_ref] as const] : [])));
    } catch (error) {
      throw refusalOf(reference, error);
    }
  }),
});
