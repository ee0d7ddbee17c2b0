import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { documents, tableName } from '../../lib/repositories/table/client.ts';
import { loadBalancerKey } from '../../lib/repositories/table/keys.ts';
import { newListener, smallTree } from '../fixtures/children.ts';
import { useBench } from './support/bench.ts';
import { losables, type Resource } from './support/lose.ts';

const bench = useBench({ settings: { NOVA_ENABLE_ANTI_AFFINITY: 'true' } });
const resources = losables(bench);

const repair = z.object({ judged: z.tuple([z.object({ operation_id: z.string().nullable() })]) });
const driftRepair = async (id: string): Promise<string | null> => {
  const answer = await bench.stack().invoke('ReportDrift', { loadbalancer_ids: [id], repair: true });
  return repair.parse(answer).judged[0].operation_id;
};
/** ERROR as after any operation that failed, whatever the reason; or ACTIVE. */
const setStatus = async (id: string, status: 'ACTIVE' | 'ERROR'): Promise<void> => {
  await documents().send(
    new UpdateCommand({
      TableName: tableName(),
      Key: loadBalancerKey(id),
      UpdateExpression: 'SET provisioning_status = :status',
      ExpressionAttributeValues: { ':status': status },
    }),
  );
};
let port = 8000;

/** What a load balancer's owner, an operator or the worker itself may do next; answers the operation. */
const OPERATIONS = {
  'new listener': async (id: string) => {
    port += 1;
    const { load_balancer } = await bench.lib().getTree(id);
    return (await bench.worker().createListener(newListener(load_balancer, { protocol_port: port }))).operationId;
  },
  update: async (id: string) => (await bench.worker().updateLoadBalancer(id, { name: 'other' })).operationId,
  'update in ERROR': async (id: string) => {
    await setStatus(id, 'ERROR');
    return (await bench.worker().updateLoadBalancer(id, { name: 'again' })).operationId;
  },
  'drift repair': driftRepair,
  'drift repair in ERROR': async (id: string) => {
    await setStatus(id, 'ERROR');
    return await driftRepair(id);
  },
  'failover of the amphora': async (id: string) => {
    const [amphora] = await bench.amphorae(id);
    return (await bench.worker().failoverAmphora(String(amphora?.id))).operationId;
  },
  'failover of the load balancer': async (id: string) => (await bench.worker().failoverLoadBalancer(id)).operationId,
} satisfies Readonly<Record<string, (id: string) => Promise<string | null>>>;
type OperationName = keyof typeof OPERATIONS;

/** `again`: it succeeds, and the resource is there. `without`: it succeeds, and the resource is not. Otherwise its error. */
type Outcome = 'again' | 'without' | 'no operation' | `${string}Error`;

const EVERY: Readonly<Record<OperationName, Outcome>> = {
  'failover of the load balancer': 'again',
  'failover of the amphora': 'again',
  'new listener': 'again',
  update: 'again',
  'update in ERROR': 'again',
  'drift repair': 'again',
  'drift repair in ERROR': 'again',
};
const OUTCOMES: Readonly<Record<Resource, Readonly<Partial<Record<OperationName, Outcome>>>>> = {
  'security group': {},
  'security group rule': {},
  // The group's rules are all that a change below the load balancer touches in Neutron.
  'allowed address pairs': { 'new listener': 'without' },
  'VIP port': { 'new listener': 'without' },
  // Its amphora goes on serving what it has, and is replaced by a failover only.
  'base port': {
    'new listener': 'without',
    update: 'without',
    'update in ERROR': 'CloudResourceNotFoundError',
  },
  'member port': { 'new listener': 'without', update: 'without' },
  // It is for servers that are built.
  'server group': {
    'new listener': 'without',
    update: 'without',
    'update in ERROR': 'without',
    'drift repair': 'no operation',
    'drift repair in ERROR': 'without',
  },
  // It is its owner's.
  'QoS policy': {
    'failover of the load balancer': 'without',
    'failover of the amphora': 'without',
    'new listener': 'without',
    update: 'without',
    'update in ERROR': 'without',
    'drift repair': 'no operation',
    'drift repair in ERROR': 'without',
  },
  // A failover replaces its amphora: by itself, as soon as heartbeats are missing.
  server: {
    'new listener': 'AmphoraUnreachableError',
    update: 'AmphoraUnreachableError',
    'update in ERROR': 'AmphoraNotReadyError',
  },
};

const ended = async (operationId: string) => {
  const read = () => bench.lib().getOperation(operationId);
  await expect.poll(async () => (await read()).ended_at).not.toBeNull();
  return await read();
};

const outcomeOf = async (name: Resource, operation: OperationName, id: string): Promise<string> => {
  if (await resources[name].isThere(id)) await resources[name].lose(id);
  await setStatus(id, 'ACTIVE');
  const operationId = await OPERATIONS[operation](id);
  if (operationId === null) return 'no operation';
  const { status, error_name } = await ended(operationId);
  if (status !== 'SUCCEEDED') return String(error_name);
  expect((await bench.lib().getTree(id)).load_balancer.provisioning_status).toBe('ACTIVE');
  return (await resources[name].isThere(id)) ? 'again' : 'without';
};

const ofSize = (name: Resource) => (name === 'server group' ? { topology: 'ACTIVE_STANDBY' as const } : {});

describe.each(Object.keys(OUTCOMES) as Resource[])('a load balancer whose %s was deleted in the cloud', (name) => {
  it('is brought back by what its owner, an operator or the worker does next, and can be deleted', async () => {
    const { memberSubnetId, qosPolicyId } = bench.cloud().facts;
    const { id } = await bench.created(ofSize(name), (owner) =>
      smallTree(owner, { ip_address: '127.0.0.9', subnet_id: memberSubnetId }),
    );
    if (name === 'QoS policy') {
      await ended((await bench.worker().updateLoadBalancer(id, { vip: { qos_policy_id: qosPolicyId } })).operationId);
    }
    expect(await resources[name].isThere(id)).toBe(true);
    const outcomes: Record<string, string> = {};
    for (const operation of Object.keys(OPERATIONS) as OperationName[]) {
      outcomes[operation] = await outcomeOf(name, operation, id);
    }
    expect(outcomes).toEqual({ ...EVERY, ...OUTCOMES[name] });
    if (await resources[name].isThere(id)) await resources[name].lose(id);
    await (await bench.worker().deleteLoadBalancer(id)).wait();
    expect(bench.leftovers()).toEqual([]);
  });
});
