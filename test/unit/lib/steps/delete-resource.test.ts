import { beforeAll, describe, expect, it } from 'vitest';
import { CloudUnavailableError } from '../../../../lib/errors/cloud.ts';
import { OperationSuperseded } from '../../../../lib/errors/flow.ts';
import { findResource, recordIntent, recordResourceId } from '../../../../lib/repositories/cloud/external-resources.ts';
import { beginRollback } from '../../../../lib/repositories/locks/settlements.ts';
import { deleteResource } from '../../../../lib/steps/delete-resource.ts';
import { useTable } from '../../../helpers/table.ts';
import { addMember, flowOf, storedPool } from '../repositories/support/stored.ts';

beforeAll(useTable);

/** A recorded port, and others of its name in the cloud. */
const inPlace = async (others: readonly string[] = []) => {
  const { pool, id: loadbalancer_id } = await storedPool();
  const flow = flowOf(await addMember(pool, '10.0.0.1').commit());
  const resource = { kind: 'port' as const, name: 'base', network_id: 'net', loadbalancer_id, amphora_id: null };
  await recordIntent(flow, resource);
  await recordResourceId(flow, resource, 'recorded');
  const cloud = new Set(['recorded', ...others]);
  const failing = new Set<string>();
  const calls: string[] = [];
  const remove = async (id: string) => {
    calls.push(id);
    if (failing.has(id)) throw new CloudUnavailableError(`network DELETE /ports/${id}: 503`);
    cloud.delete(id);
  };
  const deletes = (clear?: () => Promise<void>, by = flow) =>
    deleteResource(by, {
      resource,
      recorded: ['recorded', null, 'recorded'],
      find: async () => [...cloud],
      remove,
      ...(clear && { clear }),
    });
  return { flow, cloud, failing, calls, deletes, ledger: () => findResource(resource) };
};

describe('the deletion of an owned resource', () => {
  it('deletes what is recorded and all others of its name, each once, and forgets it', async () => {
    const { cloud, calls, deletes, ledger } = await inPlace(['second', 'third']);
    await deletes();
    expect(cloud.size).toBe(0);
    expect(calls.toSorted()).toEqual(['recorded', 'second', 'third']);
    expect(await ledger()).toBeNull();
  });

  it.each(['recorded', 'second'])('keeps the ledger when %s cannot be deleted, and deletes the others', async (id) => {
    const { cloud, failing, deletes, ledger } = await inPlace(['second']);
    failing.add(id);
    await expect(deletes()).rejects.toThrow(CloudUnavailableError);
    expect([...cloud]).toEqual([id]);
    expect(await ledger()).toMatchObject({ resource_id: 'recorded' });
    failing.clear();
    await deletes();
    expect(cloud.size).toBe(0);
    expect(await ledger()).toBeNull();
  });

  it('clears the id where it is referred to after the cloud has deleted it and before the ledger forgets it', async () => {
    const { cloud, deletes, ledger } = await inPlace();
    const seen: unknown[] = [];
    await deletes(async () => void seen.push(cloud.size, (await ledger())?.resource_id));
    expect(seen).toEqual([0, 'recorded']);
  });

  it('does not make a superseded handler forget the resource', async () => {
    const { flow, deletes, ledger } = await inPlace();
    await beginRollback(flow, { errorName: 'Oops', errorMessage: '' });
    await expect(deletes()).rejects.toThrow(OperationSuperseded);
    expect(await ledger()).toMatchObject({ resource_id: 'recorded' });
  });
});
