import { beforeAll, describe, expect, it } from 'vitest';
import { RowRefusedError } from '../../../../lib/errors/flow.ts';
import { findResource, recordIntent, takeBack } from '../../../../lib/repositories/cloud/external-resources.ts';
import { ensureResource } from '../../../../lib/steps/ensure-resource.ts';
import { useTable } from '../../../helpers/table.ts';
import { addMember, flowOf, storedPool } from '../repositories/support/stored.ts';

beforeAll(useTable);

/** A port that was announced; the cloud has ports of its name. */
const announced = async (...present: string[]) => {
  const { pool, id: loadbalancer_id } = await storedPool();
  const flow = flowOf(await addMember(pool, '10.0.0.1').commit());
  const resource = { kind: 'port' as const, name: 'base', network_id: 'net', loadbalancer_id, amphora_id: null };
  await recordIntent(flow, resource);
  const ensure = () =>
    ensureResource(flow, {
      resource,
      find: async () => present.map((id) => ({ id }))[0] ?? null,
      create: async () => {
        present.push('created');
        return { id: 'created' };
      },
      remove: async ({ id }) => void present.splice(present.indexOf(id), 1),
    });
  return { resource, present, ensure };
};

describe('a resource that an earlier attempt made', () => {
  it('is found and noted', async () => {
    const { resource, ensure } = await announced('former');
    expect(await ensure()).toEqual({ id: 'former' });
    expect(await findResource(resource)).toMatchObject({ resource_id: 'former' });
  });

  it('is deleted when that attempt had taken it back and died, and the next attempt makes another one', async () => {
    const { resource, present, ensure } = await announced('former');
    expect(await takeBack(resource, 'former', null)).toBe(true);
    await expect(ensure()).rejects.toThrow(RowRefusedError);
    expect(present).toEqual([]);
    expect(await ensure()).toEqual({ id: 'created' });
    expect(await findResource(resource)).toMatchObject({ resource_id: 'created' });
  });

  it('cannot be taken back once it is noted', async () => {
    const { resource, ensure } = await announced('former');
    await ensure();
    expect(await takeBack(resource, 'former', null)).toBe(false);
    expect(await takeBack(resource, 'another', null)).toBe(true);
  });
});
