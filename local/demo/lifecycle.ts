import { reasonOf } from './client.ts';
import { type Contents, contentsOf, differences } from './contents.ts';
import { followOperation, newestOperation } from './operations.ts';
import { LOAD_BALANCERS, type Scene, since, untilStatus } from './scene.ts';

const KINDS = 'no server, server group, port or security group';

export interface Created {
  readonly id: string;
  readonly vip: string;
}

/** Creates a load balancer and shows the steps of its flow while it runs. */
export const createLoadBalancer = async ({ checks, cloud, alice, print }: Scene): Promise<Created> => {
  const begun = performance.now();
  const answer = await alice.send('POST', LOAD_BALANCERS, {
    loadbalancer: { name: 'lb1', vip_subnet_id: cloud.facts.vipSubnetId },
  });
  const vip = String(answer.vip_address);
  checks.check('the API accepts it', answer.provisioning_status === 'PENDING_CREATE', `VIP ${vip}, ${since(begun)}`);
  const operationId = await newestOperation(alice, answer.id, 'create-load-balancer');
  const operation = await followOperation(alice, operationId, print, 30);
  checks.check('its operation succeeded', operation.status === 'SUCCEEDED', `${operation.duration_ms} ms`);
  const { operating_status, vip_address } = await untilStatus(alice, answer.id, 'ACTIVE');
  checks.check('the load balancer is ACTIVE', vip_address === vip, `${operating_status}, ${since(begun)} in all`);
  checks.check('Nova runs one amphora', cloud.state.servers.size === 1);
  return { id: answer.id, vip };
};

/** Deletes the load balancer with all that is below it. */
export const deleteLoadBalancer = async (
  { checks, cloud, alice, print }: Scene,
  id: string,
  before: Contents,
): Promise<void> => {
  const begun = performance.now();
  const answer = await alice.request('DELETE', `${LOAD_BALANCERS}/${id}?cascade=true`);
  checks.check('the API accepts the cascade delete', answer.status === 204, reasonOf(answer));
  if (answer.status !== 204) return;
  const operationId = await newestOperation(alice, id, 'delete-load-balancer');
  const { status, duration_ms } = await followOperation(alice, operationId, print, 30);
  checks.check('its operation succeeded', status === 'SUCCEEDED', `${duration_ms} ms`);
  const gone = await alice.request('GET', `${LOAD_BALANCERS}/${id}`);
  checks.check('the load balancer is gone', gone.status === 404, `${gone.status}, ${since(begun)} in all`);
  const left = differences(before, contentsOf(cloud));
  checks.check('nothing of it is left in Nova and Neutron', left.length === 0, left.join(', ') || KINDS);
};
