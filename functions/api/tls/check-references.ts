import type { TlsReferences } from '../../../lib/tls/tls-references.ts';
import type { ApiDependencies } from '../request/dependencies.ts';
import type { ApiRequest } from '../request/request.ts';

/**
 * Shares what a listener or pool refers to with the worker, in the caller's name, and reads it as a push would.
 * @param references null when there is nothing to read
 * @param former what is in use already
 * @throws CertificateRetrievalError
 * @throws CloudUnavailableError
 */
export const checkReferences = async (
  { tlsReferences }: Pick<ApiDependencies, 'tlsReferences'>,
  { caller }: ApiRequest,
  references: TlsReferences | null,
  former: TlsReferences | null = null,
): Promise<void> => {
  if (references === null) return;
  const checks = await tlsReferences();
  if (caller.token !== null) await checks.grant(references, caller.token);
  await checks.check(references, former);
};
