import type { Flow } from '../../lib/models/flows.ts';
import { getLoadBalancer } from '../../lib/repositories/objects/load-balancers.ts';
import type { Break, TaskState } from './cases.ts';
import { accepted, isA, KEPT, lbRows, MEMBER_PORT, SECOND, tree } from './load-balancers.ts';
import type { Plan } from './plan.ts';
import { createWithSpare } from './spare-create.ts';
import type { Wish } from './wishes.ts';
import type { Row, World } from './world.ts';

/** Something an operation works on. */
export interface Subject {
  readonly kind: 'load balancer' | 'spare';
  readonly id: string;
}

export interface Begun {
  readonly subject: Subject;
  readonly operationId: string;
  /** What was asked for and accepted. */
  readonly wishes: readonly Wish[];
  readonly plan: Plan;
}

/** What a flow needs to be run, and how it is asked for. */
export interface Scenario {
  /** What must be there before; null when the flow makes it. */
  readonly on: Subject['kind'] | null;
  /** Asks for the operation, with its fault laid out. */
  begin(world: World, subject: Subject | null, plan: Plan): Promise<Begun>;
  /** The state whose failure leads through every compensation; the last one on the way, unless said otherwise. */
  readonly breakAt?: string;
}

let counter = 0;

/** @param act asks for the operation, and answers what it wants */
const onLoadBalancer = (act: (world: World, id: string) => Promise<readonly Wish[]>): Scenario => ({
  on: 'load balancer',
  begin: async (world, subject, plan) => {
    if (subject === null) throw new Error('there is no load balancer');
    world.lay(subject.id, plan);
    const wishes = await act(world, subject.id);
    return { subject, plan, operationId: await newest(world, subject.id), wishes };
  },
});

const amphoraOf = async (world: World, id: string): Promise<string> => {
  const present = (row: Row) => isA(row, 'AMPHORA') && row.status === 'ALLOCATED';
  return String((await lbRows(world, id)).find(present)?.id);
};

const newest = (world: World, id: string): Promise<string> => world.newest(`LBOPS#${id}`);

/** Leaves it in ERROR with all of its amphorae: Neutron refuses its VIP's port once. */
const failUpdate = async (world: World, id: string): Promise<void> => {
  const { vip } = await getLoadBalancer(id);
  world.forget(id);
  world.cloud.faults.add({ service: 'network', method: 'PUT', path: `/ports/${vip.port_id}$`, status: 400, times: 1 });
  const loadbalancer = { admin_state_up: true };
  await accepted(world.alice.call('PUT', `/v2.0/lbaas/loadbalancers/${id}`, { loadbalancer }), 'update that fails');
  const { status } = await world.ended(await newest(world, id));
  if (status !== 'FAILED') throw new Error(`the update that was to fail ${status}`);
};

/** The id of a spare amphora that is being built. */
export const newSpare = (world: World, plan: Plan | null): Promise<string> =>
  world.making(async () => ({ id: (await world.worker.createAmphora()).resourceId }), plan);

const SCENARIOS: Partial<Record<Flow, Scenario>> = {
  'create-load-balancer': {
    on: null,
    begin: async (world, _none, plan) => {
      counter += 1;
      const wish = tree(`created-${counter}`, world.cloud.facts);
      const id = await world.making(() => world.alice.create(wish), plan);
      const wishes = [KEPT, SECOND].map((member) => ({ member, attributes: {} }));
      return { subject: { kind: 'load balancer', id }, plan, operationId: await newest(world, id), wishes };
    },
  },
  'update-load-balancer': onLoadBalancer(async (world, id) => {
    counter += 1;
    const description = `changed ${counter} times`;
    const loadbalancer = { description, admin_state_up: true };
    await accepted(world.alice.call('PUT', `/v2.0/lbaas/loadbalancers/${id}`, { loadbalancer }), 'update');
    return [{ member: null, attributes: { description } }];
  }),
  'restore-load-balancer': {
    on: 'load balancer',
    begin: async (world, subject, plan) => {
      if (subject === null) throw new Error('there is no load balancer');
      counter += 1;
      const { id } = subject;
      await failUpdate(world, id);
      world.lay(id, plan);
      const loadbalancer = { description: `restored ${counter} times` };
      await accepted(world.alice.call('PUT', `/v2.0/lbaas/loadbalancers/${id}`, { loadbalancer }), 'restoring update');
      const wishes = [{ member: null, attributes: loadbalancer }];
      return { subject, plan, operationId: await newest(world, id), wishes };
    },
  },
  'delete-load-balancer': onLoadBalancer(async (world, id) => {
    await accepted(world.alice.call('DELETE', `/v2.0/lbaas/loadbalancers/${id}?cascade=true`), 'delete');
    return [{ member: null, attributes: null }];
  }),
  'failover-load-balancer': {
    ...onLoadBalancer(async (world, id) => {
      await accepted(world.admin.call('PUT', `/v2.0/lbaas/loadbalancers/${id}/failover`), 'failover');
      return [];
    }),
    breakAt: 'AmphoraTakeOver',
  },
  'failover-amphora': {
    ...onLoadBalancer(async (world, id) => {
      const amphora = await amphoraOf(world, id);
      await accepted(world.admin.call('PUT', `/v2.0/octavia/amphorae/${amphora}/failover`), 'failover');
      return [];
    }),
    breakAt: 'AmphoraTakeOver',
  },
  'apply-changes': onLoadBalancer(async (world, id) => {
    counter += 1;
    const present = (await lbRows(world, id)).filter((row) => isA(row, 'MEMBER'));
    const created = `127.1.${counter >> 8}.${counter & 255}`;
    const name = `changed ${counter} times`;
    const members = [
      { address: KEPT, protocol_port: MEMBER_PORT, weight: 2, name },
      { address: created, protocol_port: MEMBER_PORT, subnet_id: world.cloud.facts.memberSubnetId },
    ];
    const path = `/v2.0/lbaas/pools/${present[0]?.pool_id}/members`;
    await accepted(world.alice.call('PUT', path, { members }), 'change');
    const deleted = present.map(({ ip_address }) => String(ip_address)).filter((address) => address !== KEPT);
    return [
      { member: KEPT, attributes: { name } },
      { member: created, attributes: { protocol_port: MEMBER_PORT } },
      ...deleted.map((member) => ({ member, attributes: null })),
    ];
  }),
  'rotate-amphora-certificate': onLoadBalancer(async (world, id) => {
    await world.worker.rotateAmphoraCertificate(await amphoraOf(world, id));
    return [];
  }),
  'update-amphora-agent-config': onLoadBalancer(async (world, id) => {
    const amphora = await amphoraOf(world, id);
    await accepted(world.admin.call('PUT', `/v2.0/octavia/amphorae/${amphora}/config`), 'agent configuration');
    return [];
  }),
  'create-amphora': {
    on: null,
    begin: async (world, _none, plan) => {
      const id = await newSpare(world, plan);
      return { subject: { kind: 'spare', id }, plan, operationId: await world.newest(`AMPOPS#${id}`), wishes: [] };
    },
  },
  'delete-amphora': {
    on: 'spare',
    begin: async (world, subject, plan) => {
      if (subject === null) throw new Error('there is no spare');
      world.lay(subject.id, plan);
      const { operationId } = await world.worker.deleteAmphora(subject.id);
      return { subject, plan, operationId, wishes: [] };
    },
  },
};

/** States that their flow comes to on another way than its scenario's. */
const OF_THEIR_OWN: Readonly<Record<string, Scenario>> = {
  CreateBasePortSpare: {
    on: 'spare',
    begin: async (world, spare, plan) => {
      if (spare === null) throw new Error('there is no spare');
      const id = await world.making(async () => ({ id: await createWithSpare(world, spare.id) }), plan);
      const wishes = [{ member: KEPT, attributes: {} }];
      return { subject: { kind: 'load balancer', id }, plan, operationId: await newest(world, id), wishes };
    },
  },
};

/** How the state is reached. @throws Error no scenario says it */
export const scenarioOf = ({ flow, state }: TaskState): Scenario => {
  const scenario = OF_THEIR_OWN[state] ?? SCENARIOS[flow];
  if (scenario === undefined) throw new Error(`test/faults/scenarios.ts does not say how ${flow} is run.`);
  return scenario;
};

/** What the flow needs to go wrong so that it comes to the state; null for a state on its way. */
export const breakingPoint = ({ flow, compensates, detour }: TaskState, states: readonly TaskState[]): Break | null => {
  if (!compensates) return detour;
  const onTheWay = states.filter((one) => one.flow === flow && !one.compensates && one.detour === null);
  const state = SCENARIOS[flow]?.breakAt ?? onTheWay.at(-1)?.state;
  return state === undefined ? null : { state, error: 'FlowBroken', once: false };
};
