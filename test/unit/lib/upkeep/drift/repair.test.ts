import { expect, it } from 'vitest';
import type { Finding } from '../../../../../lib/models/drift.ts';
import type { Amphora } from '../../../../../lib/models/objects/amphora.ts';
import { type RepairWorker, repair } from '../../../../../lib/upkeep/drift/repair.ts';
import { aLoadBalancer, anAmphora, uuid } from '../../../../fixtures/render/tree.ts';

const loadBalancer = aLoadBalancer({ fence: 7 });
const { id } = loadBalancer;
const pushed = { haproxy: null, lvs: {} };
const one = anAmphora(1, { pushed });
const two = anAmphora(2, { pushed });

const finding = (changes: Partial<Finding>): Finding => ({
  kind: 'port_missing',
  resource: 'port',
  resource_id: 'port',
  amphora_id: null,
  expected: '',
  found: '',
  remedy: 'update',
  ...changes,
});
const lost = (amphora: Amphora) => finding({ remedy: 'failover_amphora', amphora_id: amphora.id });

/** The operation that starts, with what it is given; null for none. */
const repaired = async (findings: readonly Finding[], amphorae = [one, two]) => {
  const calls: unknown[] = [];
  const start = (flow: string) => async (resourceId: string, terms: unknown) => {
    calls.push([flow, resourceId, terms]);
    return { operationId: flow, executionArn: '', resourceId, wait: () => Promise.reject(new Error('not waited for')) };
  };
  const worker: RepairWorker = {
    repairLoadBalancer: start('repair'),
    failoverAmphora: start('failover-amphora'),
    failoverLoadBalancer: start('failover-load-balancer'),
  };
  const handle = await repair(worker, loadBalancer, amphorae, findings);
  expect(calls).toHaveLength(handle === null ? 0 : 1);
  return calls[0] ?? null;
};

it('nothing starts for what no operation repairs', async () => {
  expect(await repaired([])).toBeNull();
  expect(await repaired([finding({ remedy: 'none' })])).toBeNull();
});

it('a lost amphora is replaced, whatever an update could repair besides', async () => {
  const [flow, amphoraId, terms] = Array.from(Object(await repaired([finding({}), lost(two), lost(two)])));
  expect([flow, amphoraId]).toEqual(['failover-amphora', two.id]);
  expect(terms).toMatchObject({ fence: 7, allowed: expect.arrayContaining(['ACTIVE', 'ERROR']) });
});

it('all amphorae are replaced when two are lost, or the load balancer lacks one', async () => {
  const failover = ['failover-load-balancer', id, { fence: 7 }];
  expect(await repaired([lost(one), lost(two)])).toEqual(failover);
  expect(await repaired([finding({ remedy: 'failover_load_balancer' }), lost(one)])).toEqual(failover);
});

it('an update sends again what an amphora was given and has no more', async () => {
  const configuration = { kind: 'configuration_changed', resource: 'configuration' } as const;
  const listener = uuid('b', 2);
  const other = uuid('b', 3);
  const findings = [
    finding({ ...configuration, amphora_id: one.id, resource_id: id }),
    finding({ ...configuration, amphora_id: one.id, resource_id: listener }),
    finding({ ...configuration, amphora_id: one.id, resource_id: other }),
    finding({ kind: 'member_port_missing', amphora_id: two.id, resource_id: null }),
  ];
  const doubts = new Map([
    [one.id, { haproxy: true, listeners: [listener, other], legs: false }],
    [two.id, { haproxy: false, listeners: [], legs: true }],
  ]);
  expect(await repaired(findings)).toEqual(['repair', id, { fence: 7, doubts }]);
});

it.each([
  ['the load balancer alone', finding({}), [one]],
  ['a port of an amphora', finding({ amphora_id: one.id }), [one]],
  [
    'a configuration whose object is not known',
    finding({ resource: 'configuration', resource_id: null, amphora_id: one.id }),
    [one],
  ],
  ['an amphora that is no more', finding({ resource: 'configuration', amphora_id: two.id }), [one]],
  [
    'an amphora that was never given anything',
    finding({ resource: 'configuration', amphora_id: one.id }),
    [anAmphora(1)],
  ],
])('an update sends nothing again for what is wrong with %s', async (_what, wrong, amphorae) => {
  expect(await repaired([wrong], amphorae)).toEqual(['repair', id, { fence: 7, doubts: new Map() }]);
});
