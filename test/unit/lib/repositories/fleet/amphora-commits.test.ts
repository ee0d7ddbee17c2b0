import { v4 as uuidv4 } from 'uuid';
import { beforeAll, describe, expect, it } from 'vitest';
import { ImmutableObjectError, OperationSuperseded } from '../../../../../lib/errors/flow.ts';
import { AmphoraNotFound } from '../../../../../lib/errors/not-found.ts';
import type { AmphoraStatus } from '../../../../../lib/models/statuses.ts';
import {
  listResources,
  noteResourceId,
  recordIntent,
} from '../../../../../lib/repositories/cloud/external-resources.ts';
import {
  commitAmphoraDeletion,
  commitNewAmphora,
  getAmphora,
  newAmphora,
} from '../../../../../lib/repositories/fleet/amphora-commits.ts';
import {
  createAmphora,
  getAmphoraAt,
  removeAmphora,
  updateAmphora,
} from '../../../../../lib/repositories/fleet/amphorae.ts';
import { beginRollback, settle } from '../../../../../lib/repositories/locks/settlements.ts';
import { getOperation } from '../../../../../lib/repositories/operations/operations.ts';
import { requester } from '../../../../fixtures/load-balancer.ts';
import { useTable } from '../../../../helpers/table.ts';
import { addMember, flowOf, storedLoadBalancer, storedPool } from '../support/stored.ts';

beforeAll(useTable);

const create = { flow: 'create-amphora' as const, requester };
const remove = { flow: 'delete-amphora' as const, requester };

const spare = async (status: AmphoraStatus) => {
  const id = uuidv4();
  const operation = await commitNewAmphora(id, create);
  await settle(flowOf(operation), { changes: { status }, outcome: 'SUCCEEDED' });
  return id;
};

describe('the commit of a spare', () => {
  it('writes the amphora with a lock of its own, and the operation', async () => {
    const id = uuidv4();
    const operation = await commitNewAmphora(id, create);
    expect(operation).toMatchObject({ target: 'amphora', amphora_id: id, loadbalancer_id: null, fence: 1 });
    expect(await getAmphora(id)).toMatchObject({ id, status: 'PENDING_CREATE', load_balancer_id: null });
    expect(await getOperation(operation.id)).toMatchObject({ status: 'COMMITTED' });
  });

  it('refuses an id that exists', async () => {
    const id = await spare('READY');
    await expect(commitNewAmphora(id, create)).rejects.toThrow(ImmutableObjectError);
    expect(await getAmphora(id)).toMatchObject({ status: 'READY' });
  });
});

describe('the commit of a deletion', () => {
  it('takes the lock of a spare, once', async () => {
    const id = await spare('READY');
    const results = await Promise.allSettled([commitAmphoraDeletion(id, remove), commitAmphoraDeletion(id, remove)]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await getAmphora(id)).toMatchObject({ status: 'PENDING_DELETE' });
  });

  it('is refused while the spare is built', async () => {
    const id = uuidv4();
    await commitNewAmphora(id, create);
    await expect(commitAmphoraDeletion(id, remove)).rejects.toThrow(ImmutableObjectError);
  });

  it('finds no amphora that is missing or deleted', async () => {
    await expect(commitAmphoraDeletion(uuidv4(), remove)).rejects.toThrow(AmphoraNotFound);
    const id = await spare('DELETED');
    await expect(commitAmphoraDeletion(id, remove)).rejects.toThrow(AmphoraNotFound);
  });

  it('is refused for an amphora that carries traffic', async () => {
    const id = uuidv4();
    await storedLoadBalancer(undefined, { amphorae: [id] });
    await expect(commitAmphoraDeletion(id, remove)).rejects.toThrow(
      `Invalid state ALLOCATED of amphora resource ${id}`,
    );
  });

  it('is granted for one of a load balancer that is in ERROR', async () => {
    const { id, pool } = await storedPool();
    const flow = flowOf(await addMember(pool, '10.0.0.1').commit());
    const amphoraId = uuidv4();
    await createAmphora(flow, { ...newAmphora(amphoraId, id), status: 'ERROR' });
    const operation = await commitAmphoraDeletion(amphoraId, remove);
    expect(operation).toMatchObject({ target: 'amphora', loadbalancer_id: id, amphora_id: amphoraId });
    await settle(flowOf(operation), { changes: { status: 'DELETED' }, outcome: 'SUCCEEDED' });
    expect(await getAmphora(amphoraId)).toMatchObject({ status: 'DELETED' });
  });
});

describe('an amphora under a flow', () => {
  it('is left as it is when it is created again', async () => {
    const { id, pool } = await storedPool();
    const flow = flowOf(await addMember(pool, '10.0.0.1').commit());
    const amphora = newAmphora(uuidv4(), id);
    await createAmphora(flow, amphora);
    await updateAmphora(flow, amphora.id, { status: 'BOOTING' });
    await createAmphora(flow, amphora);
    expect(await getAmphoraAt(amphora.id, id)).toMatchObject({ status: 'BOOTING' });
  });

  it('is not changed when it is gone, and leaves no pointer', async () => {
    const { id, pool } = await storedPool();
    const flow = flowOf(await addMember(pool, '10.0.0.1').commit());
    const amphora = newAmphora(uuidv4(), id);
    await createAmphora(flow, amphora);
    await removeAmphora(flow, amphora.id);
    await removeAmphora(flow, amphora.id);
    await expect(updateAmphora(flow, amphora.id, { status: 'BOOTING' })).rejects.toThrow(AmphoraNotFound);
    await expect(getAmphora(amphora.id)).rejects.toThrow(AmphoraNotFound);
  });

  it('learns its server together with the ledger, or neither does', async () => {
    const amphoraId = uuidv4();
    const operation = await commitNewAmphora(amphoraId, create);
    const flow = flowOf(operation);
    const owner = { loadbalancer_id: null, amphora_id: amphoraId };
    const resource = { kind: 'server' as const, name: 'amphora-x', network_id: null, ...owner };
    await recordIntent(flow, resource);
    await updateAmphora(flow, amphoraId, { compute_id: 'server-1' }, [noteResourceId(resource, 'server-1')]);
    const fence = await beginRollback(flow, { errorName: 'Oops', errorMessage: '' });
    const late = updateAmphora(flow, amphoraId, { compute_id: 'server-2' }, [noteResourceId(resource, 'server-2')]);
    await expect(late).rejects.toThrow(OperationSuperseded);
    expect(await getAmphoraAt(amphoraId, null)).toMatchObject({ compute_id: 'server-1' });
    expect(await listResources(owner)).toMatchObject([{ resource_id: 'server-1' }]);
    await updateAmphora({ ...flow, fence }, amphoraId, { status: 'ERROR' });
    expect(await getAmphoraAt(amphoraId, null)).toMatchObject({ status: 'ERROR' });
  });
});
