import { randomUUID } from 'node:crypto';
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeAll, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { KINDS } from '../../../../../lib/models/objects/kinds.ts';
import {
  listAgentConfigsDue,
  listAmphorae,
  listCertificatesDue,
  walkAmphorae,
} from '../../../../../lib/repositories/fleet/amphora-lists.ts';
import { listDrift } from '../../../../../lib/repositories/fleet/drift.ts';
import { listRollouts, listSteps } from '../../../../../lib/repositories/fleet/rollouts.ts';
import { listSpares } from '../../../../../lib/repositories/fleet/spares.ts';
import { countWell, listSilent, recordHeartbeat } from '../../../../../lib/repositories/health/heartbeats.ts';
import { listReceivers } from '../../../../../lib/repositories/health/receivers.ts';
import { listStandingAlarms } from '../../../../../lib/repositories/health/standing-alarms.ts';
import { readStatistics } from '../../../../../lib/repositories/health/statistics.ts';
import { commitNewLoadBalancer } from '../../../../../lib/repositories/locks/commits.ts';
import { childReferences } from '../../../../../lib/repositories/objects/child-references.ts';
import { listAmphoraIds, listLoadBalancerIds } from '../../../../../lib/repositories/objects/living.ts';
import { listLoadBalancers, walkLoadBalancers } from '../../../../../lib/repositories/objects/load-balancers.ts';
import { walkOperations } from '../../../../../lib/repositories/operations/operations.ts';
import { documents, tableName } from '../../../../../lib/repositories/table/client.ts';
import {
  amphoraKey,
  DRIFT,
  driftKey,
  heartbeatShard,
  listKeys,
  loadBalancerKey,
  ROLLOUTS,
  RowType,
  receiversKey,
  rolloutKey,
  rolloutStepKey,
  SPARES,
  statisticsKey,
  Work,
} from '../../../../../lib/repositories/table/keys.ts';
import { logger } from '../../../../../lib/tools/logger.ts';
import { newLoadBalancer } from '../../../../fixtures/load-balancer.ts';
import { useTable } from '../../../../helpers/table.ts';
import { createRequest } from '../support/stored.ts';

beforeAll(useTable);

const NOW = new Date().toISOString();
const EVER = '9999';
const id = randomUUID();
const projectId = randomUUID();
const walk = { from: null, descending: false, having: new Map<string, readonly string[]>(), wanted: null };
const all = async <T>(rows: AsyncIterable<T>): Promise<readonly T[]> => {
  const found: T[] = [];
  for await (const row of rows) found.push(row);
  return found;
};
const amphora = {
  ...amphoraKey(id, null),
  ...listKeys(RowType.AMPHORA, SPARES, NOW, id),
  status: 'READY',
};
const balancer = {
  ...loadBalancerKey(id),
  ...listKeys(RowType.LOAD_BALANCER, projectId, NOW, id),
  provisioning_status: 'ACTIVE',
};
const heartbeat = { pk: `BROKEN#${id}`, sk: 'BEAT', work_key: heartbeatShard(0), work_at: NOW };

type Row = Readonly<Record<string, unknown>> & { readonly pk: string; readonly sk: string };
/** What reads a list, and a row of it that lacks everything but its keys. */
const LISTS: readonly (readonly [string, Row, () => Promise<unknown>])[] = [
  ['load balancers', balancer, () => listLoadBalancers(projectId)],
  ['a walk through load balancers', balancer, () => all(walkLoadBalancers(projectId, walk))],
  ['amphorae', amphora, listAmphorae],
  ['a walk through amphorae', amphora, () => all(walkAmphorae(walk))],
  ['spare amphorae', amphora, listSpares],
  ['certificates that are due', amphora, () => listCertificatesDue(EVER, 'issuer')],
  ['agent configurations that are due', amphora, () => listAgentConfigsDue('mark')],
  ['silent amphorae', heartbeat, () => listSilent(EVER)],
  ['amphorae that are well', heartbeat, () => countWell('0')],
  ['receivers', { ...receiversKey(`RECEIVER#${id}`) }, listReceivers],
  [
    'standing alarms',
    { pk: `BROKEN#${id}`, sk: 'ALARM', work_key: Work.STANDING_ALARM, work_at: NOW },
    listStandingAlarms,
  ],
  ['statistics', { ...statisticsKey(id, 'listener', 'amphora') }, () => readStatistics(id)],
  ['roll-outs', { ...rolloutKey(id), pk: ROLLOUTS }, listRollouts],
  ['steps of a roll-out', { ...rolloutStepKey(id, 'lb') }, () => listSteps(id)],
  ['drift', { ...driftKey(id), pk: DRIFT }, listDrift],
  [
    'operations',
    { pk: `LBOPS#${id}`, sk: 'broken' },
    () => all(walkOperations(id, { from: null, descending: false, wanted: null })),
  ],
  [
    'children of a load balancer',
    { ...loadBalancerKey(id), sk: `${KINDS.listener.row}#broken` },
    () => childReferences(id),
  ],
];

describe('a row that this release cannot read', () => {
  let log: MockInstance;
  beforeEach(() => {
    log = vi.spyOn(logger, 'error').mockImplementation(() => {});
  });
  afterEach(() => void log.mockRestore());

  it.each(LISTS)('is left out, logged and counted, and does not fail the list: %s', async (_name, row, list) => {
    const { pk, sk } = row;
    const before = await list();
    await documents().send(new PutCommand({ TableName: tableName(), Item: { ...row, id: 7, zone: 7 } }));
    try {
      expect(await list()).toEqual(before);
      const counted = { UnreadableRows: 1, _aws: expect.any(Object) };
      expect(log).toHaveBeenCalledWith(
        'unreadable row',
        expect.objectContaining({ ...counted, problems: expect.any(Array) }),
      );
    } finally {
      await documents().send(new DeleteCommand({ TableName: tableName(), Key: { pk, sk } }));
    }
  });

  it('keeps neither the other load balancers of its project from their owner nor the silent amphorae from detection', async () => {
    const good = newLoadBalancer({ project_id: projectId });
    await commitNewLoadBalancer(good, createRequest);
    const silent = { amphora_id: randomUUID(), loadbalancer_id: good.id, zone: null, listeners: null };
    await recordHeartbeat({ ...silent, sequence: 1, at: '2020-01-01T00:00:00.000Z' }, null);
    for (const Item of [balancer, heartbeat]) await documents().send(new PutCommand({ TableName: tableName(), Item }));
    try {
      expect((await listLoadBalancers(projectId)).map((found) => found.id)).toEqual([good.id]);
      expect((await listSilent('2021')).map(({ amphora_id }) => amphora_id)).toContain(silent.amphora_id);
    } finally {
      for (const { pk, sk } of [balancer, heartbeat])
        await documents().send(new DeleteCommand({ TableName: tableName(), Key: { pk, sk } }));
    }
  });

  it.each([
    ['ids of load balancers', balancer, listLoadBalancerIds],
    ['ids of amphorae', amphora, listAmphoraIds],
  ])('ends a sweep that deletes what no row owns: %s', async (_name, row, list) => {
    const { pk, sk } = row;
    await documents().send(new PutCommand({ TableName: tableName(), Item: { ...row, id: 7 } }));
    try {
      await expect(list()).rejects.toThrow('expected string');
    } finally {
      await documents().send(new DeleteCommand({ TableName: tableName(), Key: { pk, sk } }));
    }
  });
});
