import { listenerReferences, poolReferences } from '../../../lib/drivers/certificate/tls-references.ts';
import type { Child } from '../../../lib/models/child.ts';
import type { NewLoadBalancer } from '../../../lib/repositories/commits.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { checkCidrs } from '../listeners/check.ts';
import { checkMemberPlaces } from '../members/check.ts';
import type { ApiRequest } from '../request.ts';
import { checkReferences } from '../tls/check-references.ts';

const referencesOf = (child: Child) => {
  if (child.kind === 'listener') return listenerReferences(child.object);
  return child.kind === 'pool' ? poolReferences(child.object) : null;
};

/**
 * What a graph names outside of it: members' subnets and the key manager's secrets.
 * @throws ApiError 400
 * @throws CertificateRetrievalError, CloudUnavailableError
 */
export const checkGraph = async (
  dependencies: Pick<ApiDependencies, 'networkSeenBy' | 'settings' | 'tlsReferences'>,
  request: ApiRequest,
  children: readonly Child[],
): Promise<void> => {
  const members = children.flatMap((child) => (child.kind === 'member' ? [child.object] : []));
  const network = dependencies.networkSeenBy(request.caller);
  await Promise.all([
    checkMemberPlaces(members, { network, settings: dependencies.settings() }),
    ...children.map((child) => checkReferences(dependencies, request, referencesOf(child))),
  ]);
};

/** Once the VIP's address is known: whether the listeners' address blocks go with it. @throws ApiError 400 */
export const checkGraphAddresses = (children: readonly Child[], loadBalancer: NewLoadBalancer): void => {
  for (const child of children) if (child.kind === 'listener') checkCidrs(child.object, loadBalancer);
};
