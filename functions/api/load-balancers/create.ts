import { LBNotFound } from '../../../lib/errors/not-found.ts';
import type { Child } from '../../../lib/models/objects/child.ts';
import { amountsOf } from '../../../lib/models/objects/quota.ts';
import { ProvisioningStatus } from '../../../lib/models/statuses.ts';
import type { NewLoadBalancer } from '../../../lib/repositories/locks/commits.ts';
import { findLoadBalancer } from '../../../lib/repositories/objects/load-balancers.ts';
import { getTree } from '../../../lib/repositories/objects/trees.ts';
import { findFirstOperationId } from '../../../lib/repositories/operations/operations.ts';
import { checkQuota } from '../../../lib/repositories/quotas/quota-counts.ts';
import { allEnded } from '../../../lib/tools/all-ended.ts';
import { logger } from '../../../lib/tools/logger.ts';
import { missingSubresource, validationFailure } from '../answers/refusals.ts';
import { parseResource } from '../fields/parse-resource.ts';
import { checkGraph, checkGraphAddresses } from '../graph/check.ts';
import { operationHeader } from '../operations/operation-header.ts';
import { authorizeProject } from '../request/authorization.ts';
import type { ApiDependencies } from '../request/dependencies.ts';
import { createOnce } from '../request/idempotency.ts';
import { type ApiAnswer, type ApiHandler, type ApiRequest, requesterOf } from '../request/request.ts';
import { makeVipPort, withdrawVipPort, withVipPort } from '../vip/port.ts';
import { type PortSecurity, portSecurity } from '../vip/port-security.ts';
import { resolveVip } from '../vip/vip.ts';
import { chosen } from './choice.ts';
import { type CreateFields, createFields, draftLoadBalancer, LOAD_BALANCER } from './definition.ts';
import { fullView } from './full-view.ts';
import { planGraph } from './graph.ts';

const created = (view: object, operationId: string | null): ApiAnswer => ({
  status: 201,
  body: { loadbalancer: view },
  headers: operationId === null ? {} : operationHeader({ operationId }),
});

/** The project that will own it: the body's, or else the caller's own. @throws ApiError 400 neither is known */
const owningProject = (fields: CreateFields, request: ApiRequest): string => {
  const projectId = fields.project_id || fields.tenant_id || request.caller.projectId;
  if (projectId) return projectId;
  throw validationFailure(
    'Missing project ID in request where one is required. ' +
      'An administrator should check the keystone settings in the Octavia configuration.',
  );
};

/** False also when the table does not answer: the answer to a commit may be all that is lost. */
const isKnownMissing = async (id: string): Promise<boolean> =>
  await findLoadBalancer(id).then(
    (found) => found === null,
    () => false,
  );

/** POST /lbaas/loadbalancers */
export const createsLoadBalancer = (dependencies: ApiDependencies): ApiHandler => {
  const { network, networkSeenBy, identity, worker } = dependencies;
  const isSecured: PortSecurity = portSecurity(network);

  const checkProject = async (projectId: string, { caller }: ApiRequest): Promise<void> => {
    if (caller.unrestricted || projectId === caller.projectId) return;
    if (!(await identity().projectExists(projectId))) throw missingSubresource('Project', projectId);
  };

  const draft = async (id: string, projectId: string, fields: CreateFields, request: ApiRequest) => {
    const freeAddresses = (networkId: string) => network().freeAddresses(networkId);
    const choice = await chosen(fields, dependencies);
    const { provider, settings } = choice;
    const place = { load_balancer_id: id, project_id: projectId, provider, settings };
    const planning = (async () => planGraph(fields, place))();
    // The commit decides; what has no room is refused before a port is made.
    const hasRoom = async () => {
      const amounts = await planning.then(amountsOf, () => ({}));
      await checkQuota({ projectId, takes: { load_balancer: 1, ...amounts } });
    };
    const checked = async () => {
      const planned = await planning;
      await checkGraph(dependencies, request, planned, null);
      return planned;
    };
    // Of several mistakes the first one's error is answered: the order is upstream's.
    const vip = resolveVip(fields, { lookup: networkSeenBy(request.caller), freeAddresses, settings });
    const children = checked();
    await allEnded([vip, hasRoom(), choice.check(), checkProject(projectId, request), children]);
    const draftOf = draftLoadBalancer(id, projectId, fields, await vip, choice);
    return { vip: await vip, children: await children, loadBalancer: draftOf };
  };

  /** The load balancer with its VIP's port; ours is made while the network's own protection is looked at. */
  const withPort = async ({ vip, loadBalancer }: Awaited<ReturnType<typeof draft>>): Promise<NewLoadBalancer> => {
    const making = vip.port === null ? makeVipPort(network(), loadBalancer) : Promise.resolve(vip.port);
    const [port, secured] = await Promise.allSettled([making, isSecured(vip.network_id)]);
    if (port.status === 'rejected') throw port.reason;
    if (secured.status === 'rejected') throw secured.reason;
    if (!secured.value) throw validationFailure('Port security must be enabled on the VIP network.');
    const placed = withVipPort(loadBalancer, port.value);
    if (placed === null) throw validationFailure('No VIP address found on the VIP port within the specified subnet.');
    return placed;
  };

  const commit = async (
    loadBalancer: NewLoadBalancer,
    children: readonly Child[],
    request: ApiRequest,
  ): Promise<string | null> => {
    try {
      return (await worker(requesterOf(request)).createLoadBalancer(loadBalancer, children)).operationId;
    } catch (error) {
      // Committed means done here: what was not started is started by the dispatcher.
      if ((await findLoadBalancer(loadBalancer.id)) === null) throw error;
      logger.warn('start of a committed operation failed; the dispatcher retries it', {
        loadbalancer_id: loadBalancer.id,
        request_id: request.requestId,
      });
      return await findFirstOperationId(loadBalancer.id);
    }
  };

  /** The port is taken back when it came to nothing; where that cannot be said, it is left to housekeeping. */
  const make = async (drafted: Awaited<ReturnType<typeof draft>>, request: ApiRequest) => {
    try {
      const loadBalancer = await withPort(drafted);
      checkGraphAddresses(drafted.children, loadBalancer);
      return { loadBalancer, operationId: await commit(loadBalancer, drafted.children, request) };
    } catch (error) {
      if (drafted.vip.port === null && (await isKnownMissing(drafted.loadBalancer.id))) {
        await withdrawVipPort(network(), drafted.loadBalancer);
      }
      throw error;
    }
  };

  const create = async (id: string, projectId: string, fields: CreateFields, request: ApiRequest) => {
    const drafted = await draft(id, projectId, fields, request);
    const { loadBalancer, operationId } = await make(drafted, request);
    if (drafted.children.length > 0) return created(fullView(await getTree(id)), operationId);
    return created(LOAD_BALANCER.view(loadBalancer, null), operationId);
  };

  const find = async (id: string): Promise<ApiAnswer | null> => {
    const found = await findLoadBalancer(id);
    if (found === null) return null;
    if (found.provisioning_status === ProvisioningStatus.DELETED) throw new LBNotFound(id);
    return created(fullView(await getTree(id)), await findFirstOperationId(id));
  };

  return async (request) => {
    const fields = parseResource(request.body, { ...LOAD_BALANCER, fields: createFields });
    const projectId = owningProject(fields, request);
    authorizeProject(request, projectId);
    if (fields.vip_sg_ids) {
      authorizeProject({ ...request, action: 'os_load-balancer_api:loadbalancer:post:vip_sg_ids' }, projectId);
    }
    return await createOnce(request, projectId, {
      find,
      create: (id) => create(id, projectId, fields, request),
    });
  };
};
