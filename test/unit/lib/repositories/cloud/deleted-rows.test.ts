import { v4 as uuidv4 } from 'uuid';
import { beforeAll, describe, expect, it } from 'vitest';
import { LBNotFound } from '../../../../../lib/errors/not-found.ts';
import {
  type DeletedAmphora,
  deletedAmphora,
  listDeleted,
  listPartition,
  noteSignOfLife,
  purgeAmphoraRow,
  purgeLedgerEntry,
  purgeLoadBalancerRow,
} from '../../../../../lib/repositories/cloud/deleted-rows.ts';
import {
  findResource,
  recordIntent,
  recordResourceId,
} from '../../../../../lib/repositories/cloud/external-resources.ts';
import { getAmphora } from '../../../../../lib/repositories/fleet/amphora-commits.ts';
import { markAmphoraeDeleted } from '../../../../../lib/repositories/locks/amphora-removal.ts';
import { commitLoadBalancerOperation } from '../../../../../lib/repositories/locks/commits.ts';
import { settle } from '../../../../../lib/repositories/locks/settlements.ts';
import { getLoadBalancer } from '../../../../../lib/repositories/objects/load-balancers.ts';
import { Work } from '../../../../../lib/repositories/table/keys.ts';
import { useTable } from '../../../../helpers/table.ts';
import { ended, flowOf, storedLoadBalancer, updateRequest } from '../support/stored.ts';

beforeAll(useTable);

const commit = { allowed: ['ACTIVE'], to: 'PENDING_UPDATE' } as const;

const only = async (loadBalancerId: string): Promise<DeletedAmphora> => {
  const [amphora] = (await listPartition(loadBalancerId)).flatMap((row) => deletedAmphora(row) ?? []);
  if (amphora === undefined) throw new Error('There is none.');
  return amphora;
};

/** A settled load balancer that has lost an amphora. */
const lost = async () => {
  const amphoraId = uuidv4();
  const { id } = await storedLoadBalancer(() => [], { amphorae: [amphoraId] });
  const flow = flowOf(await commitLoadBalancerOperation(id, updateRequest, commit));
  await markAmphoraeDeleted(flow, [amphoraId]);
  await settle(flow, ended);
  return { id, amphoraId, amphora: await only(id) };
};

const deleted = async () => {
  const { id } = await storedLoadBalancer();
  const flow = flowOf(await commitLoadBalancerOperation(id, updateRequest, commit));
  await settle(flow, { changes: { provisioning_status: 'DELETED' }, outcome: 'SUCCEEDED' });
  const [row] = await listPartition(id);
  if (row === undefined) throw new Error('There is none.');
  return { id, row };
};

describe('a deleted row', () => {
  it('is listed when its last sign of life is old enough', async () => {
    const { amphora } = await lost();
    const listed = async (before: string) =>
      (await listDeleted(Work.DELETED_AMPHORA, before, 1000)).map(({ key }) => key);
    expect(await listed(String(amphora.since))).not.toContainEqual(amphora.key);
    expect(await listed(new Date(Date.now() + 1000).toISOString())).toContainEqual(amphora.key);
  });

  it('stays when a sign of life came after it was read', async () => {
    const { amphora, amphoraId } = await lost();
    await noteSignOfLife(amphora.key, new Date(Date.now() + 1000).toISOString());
    expect(await purgeAmphoraRow(amphora)).toBe(false);
    expect(await getAmphora(amphoraId)).toMatchObject({ status: 'DELETED' });
    const { id, row } = await deleted();
    await noteSignOfLife(row.key, new Date(Date.now() + 1000).toISOString());
    expect(await purgeLoadBalancerRow(row)).toBe(false);
    expect(await getLoadBalancer(id)).toMatchObject({ provisioning_status: 'DELETED' });
  });

  it('does not become younger by a sign of life that comes late', async () => {
    const { amphora, id } = await lost();
    await noteSignOfLife(amphora.key, '2020-01-01T00:00:00.000Z');
    expect((await only(id)).since).toBe(amphora.since);
  });

  it('stays while an operation runs on its load balancer, and goes with its pointer after that', async () => {
    const { amphora, amphoraId, id } = await lost();
    const flow = flowOf(await commitLoadBalancerOperation(id, updateRequest, commit));
    expect(await purgeAmphoraRow(amphora)).toBe(false);
    await settle(flow, ended);
    expect(await purgeAmphoraRow(amphora)).toBe(true);
    await expect(getAmphora(amphoraId)).rejects.toMatchObject({ name: 'AmphoraNotFound' });
  });

  it('goes once: the second to come finds nothing', async () => {
    const { id, row } = await deleted();
    expect(await Promise.all([purgeLoadBalancerRow(row), purgeLoadBalancerRow(row)])).toContain(true);
    await expect(getLoadBalancer(id)).rejects.toThrow(LBNotFound);
    expect(await purgeLoadBalancerRow(row)).toBe(false);
  });

  it('is never one that lives', async () => {
    const amphoraId = uuidv4();
    const { id } = await storedLoadBalancer(() => [], { amphorae: [amphoraId] });
    const rows = await listPartition(id);
    const loadBalancer = rows.find(({ key }) => key.sk === 'LB');
    if (loadBalancer === undefined) throw new Error('There is none.');
    expect(rows.flatMap((row) => deletedAmphora(row) ?? [])).toEqual([]);
    expect(await purgeLoadBalancerRow(loadBalancer)).toBe(false);
    await noteSignOfLife(loadBalancer.key, new Date().toISOString());
    expect((await listPartition(id)).every(({ since }) => since === null)).toBe(true);
  });
});

describe('an entry of the ledger', () => {
  it('stays when an id was noted after it was read', async () => {
    const owner = { loadbalancer_id: uuidv4(), amphora_id: null };
    const resource = { kind: 'port' as const, name: 'octavia-lb-1', network_id: 'net', ...owner };
    await recordIntent(null, resource);
    const read = await findResource(resource);
    if (read === null) throw new Error('There is none.');
    await recordResourceId(null, resource, 'port-1');
    const key = { pk: `LB#${owner.loadbalancer_id}`, sk: 'EXT#port#octavia-lb-1' };
    expect(await purgeLedgerEntry(key, read)).toBe(false);
    expect(await purgeLedgerEntry(key, { ...read, resource_id: 'port-1' })).toBe(true);
    expect(await findResource(resource)).toBeNull();
    expect(await purgeLedgerEntry(key, read)).toBe(true);
  });
});
