import { v4 as uuidv4 } from 'uuid';
import type { L7Policy } from '../../lib/models/objects/l7.ts';
import type { Topology } from '../../lib/models/objects/load-balancer.ts';
import type { HealthMonitor, Pool } from '../../lib/models/objects/pool.ts';
import type { OperationHandle } from '../../lib/worker/operation-handle.ts';
import { newListener, newPool } from '../../test/fixtures/children.ts';
import { figuresOf, measure } from '../local/measure.ts';
import { draftLoadBalancer, numberedMember } from '../local/plant.ts';
import type { Site } from '../local/site.ts';
import type { Section } from './section.ts';

/** At most, by what the operation does. */
const CREATE_TRANSITIONS: Readonly<Record<Topology, number>> = { SINGLE: 25, ACTIVE_STANDBY: 40 };
const CHANGE_TRANSITIONS = 12;

const common = ({ project_id, load_balancer_id }: Pick<Pool, 'project_id' | 'load_balancer_id'>) =>
  ({
    id: uuidv4(),
    project_id,
    load_balancer_id,
    name: '',
    description: '',
    created_at: new Date().toISOString(),
    updated_at: null,
    tags: [],
    provisioning_status: 'PENDING_CREATE',
    operating_status: 'OFFLINE',
    enabled: true,
  }) as const;

const monitorOf = (pool: Pool): HealthMonitor => ({
  ...common(pool),
  pool_id: pool.id,
  type: 'HTTP',
  delay: 5,
  timeout: 3,
  rise_threshold: 3,
  fall_threshold: 3,
  http_method: 'GET',
  url_path: '/health',
  expected_codes: '200',
  http_version: null,
  domain_name: null,
});

const policyOf = (listener: Pick<L7Policy, 'id' | 'project_id' | 'load_balancer_id'>): L7Policy => ({
  ...common(listener),
  listener_id: listener.id,
  action: 'REJECT',
  position: 1,
  redirect_pool_id: null,
  redirect_url: null,
  redirect_prefix: null,
  redirect_http_code: null,
});

type Step = readonly [name: string, start: () => Promise<OperationHandle>];

const changesOf = ({ worker, ...site }: Site, loadBalancer: Parameters<typeof newListener>[0]): readonly Step[] => {
  const listener = newListener(loadBalancer);
  const pool = newPool(loadBalancer);
  const [first, second] = [1, 2].map((number) => numberedMember({ worker, ...site }, pool, number));
  if (first === undefined || second === undefined) throw new Error('two members were expected');
  const monitor = monitorOf(pool);
  const policy = policyOf(listener);
  const rule = {
    ...common(pool),
    l7policy_id: policy.id,
    type: 'PATH',
    compare_type: 'STARTS_WITH',
    key: null,
    value: '/private',
    invert: false,
  } as const;
  return [
    ['listener create', () => worker.createListener(listener)],
    ['pool create', () => worker.createPool(pool, listener.id)],
    ['member create (plugs its network)', () => worker.createMember(first)],
    ['member create', () => worker.createMember(second)],
    ['member update', () => worker.updateMember(second.id, { weight: 5 })],
    ['health monitor create', () => worker.createHealthMonitor(monitor)],
    ['L7 policy create', () => worker.createL7Policy(policy)],
    ['L7 rule create', () => worker.createL7Rule(rule)],
    ['load balancer update', () => worker.updateLoadBalancer(loadBalancer.id, { description: 'busy' })],
    ['L7 policy delete', () => worker.deleteL7Policy(policy.id)],
    ['member delete', () => worker.deleteMember(second.id)],
    ['pool delete', () => worker.deletePool(pool.id)],
    ['listener delete', () => worker.deleteListener(listener.id)],
  ];
};

/** Every operation on one load balancer once: how long, and how many transitions. */
export const lifecycle = (name: string, topology: Topology): Section => ({
  name,
  about: `each operation on a load balancer of topology ${topology}`,
  run: async (site, note) => {
    const { worker } = site;
    const loadBalancer = await draftLoadBalancer(site, topology);
    const create = `${topology} create`;
    const created = await measure(site, () => worker.createLoadBalancer(loadBalancer));
    note(...figuresOf(create, created, CREATE_TRANSITIONS[topology]));
    for (const [step, start] of changesOf(site, loadBalancer)) {
      note(...figuresOf(step, await measure(site, start), CHANGE_TRANSITIONS));
    }
    const deleted = await measure(site, () => worker.deleteLoadBalancer(loadBalancer.id));
    note(...figuresOf('load balancer delete', deleted, CREATE_TRANSITIONS[topology]));
  },
});
