import { v4 as uuidv4 } from 'uuid';
import { beforeAll, describe, expect, it } from 'vitest';
import { OperationSuperseded, RowMissingError } from '../../../../../lib/errors/flow.ts';
import type { Operation } from '../../../../../lib/models/operations/operation.ts';
import { deletedAmphora, listPartition, purgeAmphoraRow } from '../../../../../lib/repositories/cloud/deleted-rows.ts';
import { commitAmphoraOperation } from '../../../../../lib/repositories/fleet/amphora-commits.ts';
import { updateAmphora } from '../../../../../lib/repositories/fleet/amphorae.ts';
import { markAmphoraeDeleted } from '../../../../../lib/repositories/locks/amphora-removal.ts';
import { commitLoadBalancerOperation } from '../../../../../lib/repositories/locks/commits.ts';
import { beginRollback, settle } from '../../../../../lib/repositories/locks/settlements.ts';
import { getOperation } from '../../../../../lib/repositories/operations/operations.ts';
import { requester } from '../../../../fixtures/load-balancer.ts';
import { useTable } from '../../../../helpers/table.ts';
import { ended, flowOf, storedLoadBalancer, updateRequest } from '../support/stored.ts';

beforeAll(useTable);

const commit = { allowed: ['ACTIVE'], to: 'PENDING_UPDATE' } as const;

/** A load balancer that a flow works on, with two amphorae. */
const worked = async () => {
  const ids = [uuidv4(), uuidv4()];
  const { id } = await storedLoadBalancer(() => [], { amphorae: ids });
  const flow = flowOf(await commitLoadBalancerOperation(id, updateRequest, commit));
  return { id, ids, amphoraId: String(ids[0]), flow };
};

const rotation = (amphoraId: string): Promise<Operation> =>
  commitAmphoraOperation(amphoraId, { flow: 'rotate-amphora-certificate', requester }, () => ({ cert_busy: true }));

const waiting = async (id: string) => (await listPartition(id)).flatMap((row) => deletedAmphora(row) ?? []);

describe('an amphora that is marked DELETED while an operation of its own holds it', () => {
  it('ends that operation, with the reason', async () => {
    const { ids, amphoraId, flow } = await worked();
    const { id } = await rotation(amphoraId);
    await markAmphoraeDeleted(flow, ids);
    expect(await getOperation(id)).toMatchObject({
      status: 'FAILED',
      failed_step: 'rotate-amphora-certificate',
      error_name: 'AmphoraNotFound',
      ended_at: expect.any(String),
    });
  });

  it('keeps the reason that it had before', async () => {
    const { ids, amphoraId, flow } = await worked();
    const operation = await rotation(amphoraId);
    await beginRollback(flowOf(operation), { errorName: 'AmphoraSilentError', errorMessage: 'It says nothing.' });
    await markAmphoraeDeleted(flow, ids);
    expect(await getOperation(operation.id)).toMatchObject({ status: 'FAILED', error_name: 'AmphoraSilentError' });
  });

  it('refuses what still comes from it, and is purged', async () => {
    const { id, ids, amphoraId, flow } = await worked();
    const late = flowOf(await rotation(amphoraId));
    await markAmphoraeDeleted(flow, ids);
    await expect(updateAmphora(late, amphoraId, { cert_busy: false })).rejects.toThrow(OperationSuperseded);
    await settle(late, { changes: { cert_busy: false }, outcome: 'FAILED' });
    await settle(flow, ended);
    const rows = await waiting(id);
    expect(rows.map((row) => row.id).sort()).toEqual(ids.sort());
    expect(await Promise.all(rows.map(purgeAmphoraRow))).toEqual([true, true]);
  });

  it('leaves no lock when both come at the same time', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { id, ids, amphoraId, flow } = await worked();
      const [begun] = await Promise.allSettled([rotation(amphoraId), markAmphoraeDeleted(flow, ids)]);
      if (begun.status === 'fulfilled') {
        expect(await getOperation(begun.value.id)).toMatchObject({ status: 'FAILED' });
      } else expect(begun.reason).toMatchObject({ name: expect.stringMatching(/AmphoraNotFound|ImmutableObject/) });
      await settle(flow, ended);
      expect((await listPartition(id)).flatMap(({ row }) => row.lock ?? [])).toEqual([]);
    }
  });
});

describe('marking amphorae DELETED', () => {
  it('takes as many transactions as it needs', async () => {
    const ids = Array.from({ length: 35 }, () => uuidv4());
    const { id } = await storedLoadBalancer(() => [], { amphorae: ids });
    const flow = flowOf(await commitLoadBalancerOperation(id, updateRequest, commit));
    const held = [await rotation(String(ids[0])), await rotation(String(ids[34]))];
    await markAmphoraeDeleted(flow, ids);
    expect(await waiting(id)).toHaveLength(35);
    for (const operation of held) expect(await getOperation(operation.id)).toMatchObject({ status: 'FAILED' });
  });

  it('is refused for one that has no row', async () => {
    const { ids, flow } = await worked();
    await expect(markAmphoraeDeleted(flow, [...ids, uuidv4()])).rejects.toThrow(RowMissingError);
  });

  it("is refused when the lock is no longer the flow's", async () => {
    const { ids, flow, amphoraId } = await worked();
    const { id } = await rotation(amphoraId);
    await settle(flow, ended);
    await expect(markAmphoraeDeleted(flow, ids)).rejects.toThrow(OperationSuperseded);
    expect(await getOperation(id)).toMatchObject({ status: 'COMMITTED' });
  });
});
