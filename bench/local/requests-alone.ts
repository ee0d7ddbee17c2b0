import { randomUUID } from 'node:crypto';
import type { NewLoadBalancer } from '../../lib/repositories/locks/commits.ts';
import { newListener, newMember, newMonitor, newPool } from '../../test/fixtures/children.ts';
import { newLoadBalancer } from '../../test/fixtures/load-balancer.ts';
import { rowsAtRest, writeRows } from '../../test/fixtures/rows-at-rest.ts';
import { useTable } from '../../test/helpers/table.ts';
import { testApi } from '../../test/unit/functions/api/support/api.ts';
import { SUBNET_V4 } from '../../test/unit/functions/api/support/fake-network.ts';
import { type TableUse, tableUseOf } from './table-use.ts';

/*
 * Run by the section `requests`, in a process of its own: the API on a table without other clients. Takes the numbers
 * of load balancers, and prints what was measured with each, as JSON.
 */

const REQUESTS = 20;
const WARM_UP = 3;
const OF_A_PROJECT = 100;

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
type Call = readonly [name: string, method: Method, path: string, body?: object];

/** A load balancer with one of everything. */
const planted = (project_id: string) => {
  const owner: NewLoadBalancer = newLoadBalancer({ project_id, name: `planted-${randomUUID()}` });
  const pool = newPool(owner);
  const listener = newListener(owner, { default_pool_id: pool.id });
  const [member, monitor] = [newMember(pool), newMonitor(pool)];
  const rows = rowsAtRest(owner, [
    { kind: 'listener', object: listener },
    { kind: 'pool', object: pool },
    { kind: 'member', object: member },
    { kind: 'health_monitor', object: monitor },
  ]);
  return { owner, listener, pool, member, monitor, rows };
};

/** Everything that can be asked of one load balancer, in an order in which it is done; deletes last. */
const callsOf = ({ owner, listener, pool, member, monitor }: ReturnType<typeof planted>): readonly Call[] => {
  const lb = `loadbalancers/${owner.id}`;
  const members = `pools/${pool.id}/members`;
  const address = { address: '10.9.0.1', protocol_port: 80 };
  return [
    ['GET load balancer', 'GET', lb],
    ['GET its status tree', 'GET', `${lb}/status`],
    ['GET listener', 'GET', `listeners/${listener.id}`],
    ['GET pool', 'GET', `pools/${pool.id}`],
    ['GET member', 'GET', `${members}/${member.id}`],
    ['list its members', 'GET', members],
    ['list load balancers of the project', 'GET', 'loadbalancers'],
    ['POST load balancer', 'POST', 'loadbalancers', { loadbalancer: { vip_subnet_id: SUBNET_V4.id } }],
    ['POST member', 'POST', members, { member: address }],
    ['PUT member', 'PUT', `${members}/${member.id}`, { member: { weight: 5 } }],
    ['PUT all members', 'PUT', members, { members: [address, { ...address, protocol_port: 81 }] }],
    ['PUT listener', 'PUT', `listeners/${listener.id}`, { listener: { connection_limit: 5 } }],
    ['PUT health monitor', 'PUT', `healthmonitors/${monitor.id}`, { healthmonitor: { delay: 9 } }],
    ['DELETE health monitor', 'DELETE', `healthmonitors/${monitor.id}`],
    ['DELETE listener', 'DELETE', `listeners/${listener.id}`],
  ];
};

const changeOf = ({ owner }: ReturnType<typeof planted>): Call => [
  'PUT load balancer',
  'PUT',
  `loadbalancers/${owner.id}`,
  { loadbalancer: { description: 'busy' } },
];
const endOf = ({ owner }: ReturnType<typeof planted>): Call => [
  'DELETE load balancer',
  'DELETE',
  `loadbalancers/${owner.id}?cascade=true`,
];

type Use = TableUse & { readonly ms: number };

const ask = async (api: ReturnType<typeof testApi>, token: string, [name, method, path, body]: Call): Promise<Use> =>
  await tableUseOf(async () => {
    const { status } = await api.call(`/v2.0/lbaas/${path}`, { method, token, body });
    if (status >= 300) throw new Error(`${name} answered ${status}`);
  });

/** By the name of the request: each time it was made. */
const measureAll = async (): Promise<ReadonlyMap<string, readonly Use[]>> => {
  const api = testApi({ checked: false });
  const project = randomUUID();
  const [member, admin] = [api.tokenFor(project, 'member'), api.tokenFor(randomUUID(), 'admin')];
  const uses = new Map<string, readonly Use[]>();
  for (let round = 1; round <= WARM_UP + REQUESTS; round += 1) {
    const [whole, changed, gone] = [planted(project), planted(project), planted(project)];
    await writeRows([...whole.rows, ...changed.rows, ...gone.rows]);
    const calls = [...callsOf(whole), changeOf(changed), endOf(gone)];
    const lists: readonly Call[] = [
      ['list 10 load balancers of all projects', 'GET', 'loadbalancers?limit=10'],
      ['list the 10 newest of all projects', 'GET', 'loadbalancers?limit=10&sort=created_at:desc'],
      ['find a load balancer of all projects by its name', 'GET', `loadbalancers?name=${whole.owner.name}`],
    ];
    const asked = [...calls.map((call) => [call, member] as const), ...lists.map((call) => [call, admin] as const)];
    for (const [call, token] of asked) {
      const use = await ask(api, token, call);
      if (round > WARM_UP) uses.set(call[0], [...(uses.get(call[0]) ?? []), use]);
    }
  }
  return uses;
};

/** Load balancers of other projects, without anything below them. */
const fill = async (count: number): Promise<void> => {
  for (let stored = 0; stored < count; stored += OF_A_PROJECT) {
    const project_id = randomUUID();
    const more = Array.from({ length: Math.min(OF_A_PROJECT, count - stored) }, () => newLoadBalancer({ project_id }));
    await writeRows(more.flatMap((one) => rowsAtRest(one)));
  }
};

await useTable();
const measured: { readonly size: number; readonly uses: Readonly<Record<string, readonly Use[]>> }[] = [];
let stored = 0;
for (const size of process.argv.slice(2).map(Number)) {
  await fill(size - stored);
  stored = size;
  measured.push({ size, uses: Object.fromEntries(await measureAll()) });
}
console.log(JSON.stringify(measured));
process.exit();
