import { marshall } from '@aws-sdk/util-dynamodb';
import { expect, test } from 'vitest';
import { movesIn } from '../../../../../lib/repositories/objects/transitions.ts';

type Row = Readonly<Record<string, unknown>>;

const record = (sk: string, old: Row | null, now: Row | null) => ({
  eventID: 'e1',
  eventName: old === null ? 'INSERT' : now === null ? 'REMOVE' : 'MODIFY',
  dynamodb: {
    Keys: marshall({ pk: 'LB#lb1', sk }),
    SequenceNumber: '7',
    ApproximateCreationDateTime: 1_700_000_000,
    ...(old && { OldImage: marshall(old) }),
    ...(now && { NewImage: marshall(now) }),
  },
});

const loadBalancer = (changes: Row = {}) => ({
  id: 'lb1',
  project_id: 'p1',
  provisioning_status: 'PENDING_CREATE',
  operating_status: 'OFFLINE',
  lock: { operation_id: 'op1', fence: 1 },
  vrrp_group: { vrrp_auth_pass: 'secret1' },
  ...changes,
});
const member = (changes: Row = {}) => ({
  id: 'm1',
  project_id: 'p1',
  load_balancer_id: 'lb1',
  provisioning_status: 'ACTIVE',
  operating_status: 'ONLINE',
  operation_id: 'op1',
  status_operation_id: 'op1',
  ...changes,
});

test('an object that is created is published with each of its statuses', () => {
  expect(movesIn(record('LB', null, loadBalancer()))).toEqual([
    {
      id: 'e1/provisioning_status',
      sequence: '7',
      object_type: 'load_balancer',
      object_id: 'lb1',
      loadbalancer_id: 'lb1',
      project_id: 'p1',
      field: 'provisioning_status',
      before: null,
      after: 'PENDING_CREATE',
      cause: 'operation',
      operation_id: 'op1',
      time: '2023-11-14T22:13:20.000Z',
    },
    expect.objectContaining({ id: 'e1/operating_status', field: 'operating_status', before: null, after: 'OFFLINE' }),
  ]);
});

test('a lock that is given back names the operation that gave it', () => {
  const settled = loadBalancer({ provisioning_status: 'ACTIVE', lock: null });
  expect(movesIn(record('LB', loadBalancer(), settled))).toMatchObject([
    { before: 'PENDING_CREATE', after: 'ACTIVE', cause: 'operation', operation_id: 'op1' },
  ]);
});

test('a change without a status is not published', () => {
  expect(movesIn(record('LB', loadBalancer(), loadBalancer({ name: 'other', generation: 2 })))).toEqual([]);
  expect(movesIn(record('EXT#server#a', null, { id: 'x', status: 'ALLOCATED' }))).toEqual([]);
});

test('an operating status that moves alone is the heartbeats’, unless an operation names itself with it', () => {
  const down = member({ operating_status: 'ERROR' });
  expect(movesIn(record('MEMBER#p#1#80', member(), down))).toMatchObject([
    { object_type: 'member', cause: 'heartbeat', operation_id: null, before: 'ONLINE', after: 'ERROR' },
  ]);
  const unwatched = member({ operating_status: 'NO_MONITOR', status_operation_id: 'op2' });
  expect(movesIn(record('MEMBER#p#1#80', member(), unwatched))).toMatchObject([
    { cause: 'operation', operation_id: 'op2' },
  ]);
});

test('a heartbeat while an operation holds the lock is still a heartbeat', () => {
  expect(movesIn(record('LB', loadBalancer(), loadBalancer({ operating_status: 'ONLINE' })))).toMatchObject([
    { field: 'operating_status', cause: 'heartbeat', operation_id: null },
  ]);
});

test("a row that is removed is published as DELETED: by its operation when it was to go, otherwise by its parent's", () => {
  const doomed = member({ provisioning_status: 'PENDING_DELETE', status_operation_id: 'op3' });
  expect(movesIn(record('MEMBER#p#1#80', doomed, null))).toMatchObject([
    { before: 'PENDING_DELETE', after: 'DELETED', cause: 'operation', operation_id: 'op3' },
  ]);
  const failed = member({ provisioning_status: 'ERROR', deletion_failed: true, status_operation_id: 'op3' });
  expect(movesIn(record('MEMBER#p#1#80', failed, null))).toMatchObject([
    { before: 'ERROR', after: 'DELETED', cause: 'operation', operation_id: 'op3' },
  ]);
  expect(movesIn(record('MEMBER#p#1#80', member(), null))).toMatchObject([
    { before: 'ACTIVE', after: 'DELETED', cause: 'parent', operation_id: null },
  ]);
});

test('a deleted row that is purged is not published again', () => {
  expect(movesIn(record('LB', loadBalancer({ provisioning_status: 'DELETED', lock: null }), null))).toEqual([]);
  expect(movesIn(record('AMPHORA#a1', { id: 'a1', load_balancer_id: 'lb1', status: 'DELETED' }, null))).toEqual([]);
});

test('an amphora has one status, and is named with its load balancer', () => {
  const amphora = { id: 'a1', load_balancer_id: 'lb1', status: 'BOOTING', status_operation_id: 'op1' };
  expect(movesIn(record('AMPHORA#a1', amphora, { ...amphora, status: 'ALLOCATED' }))).toMatchObject([
    { object_type: 'amphora', object_id: 'a1', loadbalancer_id: 'lb1', field: 'status', operation_id: 'op1' },
  ]);
});

test('no secret of a row is in what is published', () => {
  expect(JSON.stringify(movesIn(record('LB', null, loadBalancer())))).not.toContain('secret1');
});

test('a stream without the old image is refused', () => {
  const { OldImage: _without, ...dynamodb } = record('LB', loadBalancer(), loadBalancer()).dynamodb;
  expect(() => movesIn({ eventID: 'e', eventName: 'MODIFY', dynamodb })).toThrow(/OldImage/);
});
