import type { Child } from '../../../lib/models/objects/child.ts';
import type { Member } from '../../../lib/models/objects/pool.ts';
import type { NewLoadBalancer } from '../../../lib/repositories/locks/commits.ts';
import { listenerReferences, namedByPool } from '../../../lib/tls/tls-references.ts';
import { checkCidrs } from '../listeners/check.ts';
import { checkMemberFamilies, checkMemberPlaces } from '../members/check.ts';
import type { ApiDependencies } from '../request/dependencies.ts';
import type { ApiRequest } from '../request/request.ts';
import { checkReferences } from '../tls/check-references.ts';

const membersOf = (children: readonly Child[]): readonly Member[] =>
  children.flatMap((child) => (child.kind === 'member' ? [child.object] : []));

const referencesOf = (child: Child) => {
  if (child.kind === 'listener') return listenerReferences(child.object);
  return child.kind === 'pool' ? namedByPool(child.object) : null;
};

/** Whether the load balancer can serve the members of its new UDP and SCTP pools. @throws ApiError 501 */
const checkFamilies = (children: readonly Child[], loadBalancer: NewLoadBalancer): void => {
  const members = membersOf(children);
  for (const { kind, object } of children) {
    if (kind !== 'pool') continue;
    const own = members.filter(({ pool_id }) => pool_id === object.id);
    checkMemberFamilies(object, own, loadBalancer);
  }
};

/**
 * What a graph names outside of it: members' subnets and the key manager's secrets; and the addresses of its load balancer.
 * @param loadBalancer null while its addresses are not known
 * @throws ApiError 400, 501
 * @throws CertificateRetrievalError, CloudUnavailableError
 */
export const checkGraph = async (
  dependencies: Pick<ApiDependencies, 'networkSeenBy' | 'settings' | 'tlsReferences'>,
  request: ApiRequest,
  children: readonly Child[],
  loadBalancer: NewLoadBalancer | null,
): Promise<void> => {
  const members = membersOf(children);
  if (loadBalancer !== null) checkFamilies(children, loadBalancer);
  const network = dependencies.networkSeenBy(request.caller);
  await Promise.all([
    checkMemberPlaces(members, { network, settings: dependencies.settings() }),
    ...children.map((child) => checkReferences(dependencies, request, referencesOf(child))),
  ]);
};

/** Once the VIP's address is known: whether listeners' address blocks and members go with it. @throws ApiError 400, 501 */
export const checkGraphAddresses = (children: readonly Child[], loadBalancer: NewLoadBalancer): void => {
  checkFamilies(children, loadBalancer);
  for (const child of children) if (child.kind === 'listener') checkCidrs(child.object, loadBalancer);
};
