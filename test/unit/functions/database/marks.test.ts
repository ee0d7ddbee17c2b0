import { beforeAll, describe, expect, it } from 'vitest';
import { handler as beginRollback } from '../../../../functions/database/begin-rollback.ts';
import { handler as deleteAmphoraInDB } from '../../../../functions/database/delete-amphora-in-db.ts';
import { handler as getAmphorae } from '../../../../functions/database/get-amphorae.ts';
import { handler as markAmphoraDeletedInDB } from '../../../../functions/database/mark-amphora-deleted-in-db.ts';
import { handler as markAmphoraErrorInDB } from '../../../../functions/database/mark-amphora-error-in-db.ts';
import { handler as markAmphoraReadyInDB } from '../../../../functions/database/mark-amphora-ready-in-db.ts';
import { handler as markLBActiveInDB } from '../../../../functions/database/mark-lb-active-in-db.ts';
import { handler as markLBDeletedInDB } from '../../../../functions/database/mark-lb-deleted-in-db.ts';
import { handler as markLBErrorInDB } from '../../../../functions/database/mark-lb-error-in-db.ts';
import { commitNewAmphora, getAmphora, newAmphora } from '../../../../lib/repositories/fleet/amphora-commits.ts';
import { createAmphora } from '../../../../lib/repositories/fleet/amphorae.ts';
import { getLoadBalancer } from '../../../../lib/repositories/objects/load-balancers.ts';
import { getTree } from '../../../../lib/repositories/objects/trees.ts';
import { getOperation } from '../../../../lib/repositories/operations/operations.ts';
import { requester } from '../../../fixtures/load-balancer.ts';
import { useTable } from '../../../helpers/table.ts';
import { flowOf } from '../../lib/repositories/support/stored.ts';
import { invoke } from '../../lib/task/support/invoke.ts';
import { changing, creating } from './support.ts';

beforeAll(useTable);

const spare = async () => {
  const operation = await commitNewAmphora(crypto.randomUUID(), { flow: 'create-amphora', requester });
  return { operation, input: { ...flowOf(operation), amphora_id: String(operation.amphora_id) } };
};

describe('the last step of a success', () => {
  it('turns a load balancer and all that came with it ACTIVE, however often it is done', async () => {
    const { id, input, operation } = await creating();
    await invoke(markLBActiveInDB, { ...input, pushes: [], rules_first: false });
    expect(await invoke(markLBActiveInDB, { ...input, pushes: [], rules_first: false })).toEqual({});
    const tree = await getTree(id);
    expect(JSON.stringify(tree)).not.toContain('PENDING');
    expect(tree.load_balancer).toMatchObject({ provisioning_status: 'ACTIVE', lock: null });
    expect(await getOperation(operation.id)).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('turns a spare READY', async () => {
    const { input } = await spare();
    await invoke(markAmphoraReadyInDB, input);
    await invoke(markAmphoraReadyInDB, input);
    expect(await getAmphora(input.amphora_id)).toMatchObject({ status: 'READY' });
  });

  it('removes what was below a deleted load balancer', async () => {
    const { id, input } = await creating();
    await invoke(markLBDeletedInDB, input);
    await invoke(markLBDeletedInDB, input);
    const { load_balancer, listeners, pools, members } = await getTree(id);
    expect(load_balancer).toMatchObject({ provisioning_status: 'DELETED', operating_status: 'OFFLINE', lock: null });
    expect([listeners, pools, members]).toEqual([[], [], []]);
  });

  it('marks a spare DELETED and ends its operation', async () => {
    const { input, operation } = await spare();
    await invoke(markAmphoraDeletedInDB, input);
    expect(await getAmphora(input.amphora_id)).toMatchObject({ status: 'DELETED' });
    expect(await getOperation(operation.id)).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('marks an amphora of a load balancer DELETED and leaves the operation running', async () => {
    const { id, operation, input } = await changing();
    const amphora_id = crypto.randomUUID();
    await createAmphora(flowOf(operation), newAmphora(amphora_id, id));
    await invoke(markAmphoraDeletedInDB, { ...input, amphora_id });
    expect(await getAmphora(amphora_id)).toMatchObject({ status: 'DELETED' });
    expect(await getOperation(operation.id)).toMatchObject({ status: 'RUNNING' });
    expect(await invoke(getAmphorae, { ...input, leftovers: false })).toEqual({ amphorae: [] });
  });
});

describe('the last step of a failure', () => {
  const failure = { Error: 'ComputeBuildError', Cause: 'No valid host' };

  it('leaves nothing of a load balancer PENDING, and the load balancer in ERROR', async () => {
    const { id, input, operation } = await creating();
    const { fence } = await invoke(beginRollback, { ...input, error: failure });
    const event = { ...input, fence: Number(fence) };
    await invoke(markLBErrorInDB, event);
    await invoke(markLBErrorInDB, event);
    const tree = await getTree(id);
    expect(tree.load_balancer).toMatchObject({ provisioning_status: 'ERROR', lock: null });
    expect(JSON.stringify(tree)).not.toContain('PENDING');
    expect(await getOperation(operation.id)).toMatchObject({ status: 'FAILED', error_name: 'ComputeBuildError' });
  });

  it('puts a spare in ERROR', async () => {
    const { input } = await spare();
    await invoke(markAmphoraErrorInDB, input);
    expect(await getAmphora(input.amphora_id)).toMatchObject({ status: 'ERROR' });
  });

  it('forgets an amphora that never came to be, twice', async () => {
    const { id, operation, input } = await changing();
    const amphora_id = crypto.randomUUID();
    await createAmphora(flowOf(operation), newAmphora(amphora_id, id));
    await invoke(deleteAmphoraInDB, { ...input, amphora_id });
    await invoke(deleteAmphoraInDB, { ...input, amphora_id });
    expect((await getTree(id)).amphorae).toEqual([]);
    expect((await getLoadBalancer(id)).lock).not.toBeNull();
  });
});
