import { beforeAll, describe, expect, it } from 'vitest';
import { RowRefusedError } from '../../../../lib/errors/flow.ts';
import {
  findResource,
  forgetResource,
  recordIntent,
  recordResourceId,
} from '../../../../lib/repositories/cloud/external-resources.ts';
import { beginRollback } from '../../../../lib/repositories/locks/settlements.ts';
import { noteMade } from '../../../../lib/steps/note-made.ts';
import { useTable } from '../../../helpers/table.ts';
import { addMember, flowOf, storedPool } from '../repositories/support/stored.ts';

beforeAll(useTable);

/** A port that was announced and made, and is about to be noted. */
const made = async () => {
  const { pool, id: loadbalancer_id } = await storedPool();
  const flow = flowOf(await addMember(pool, '10.0.0.1').commit());
  const resource = { kind: 'port' as const, name: 'base', network_id: 'net', loadbalancer_id, amphora_id: null };
  await recordIntent(flow, resource);
  const takenBack: string[] = [];
  const note = (id: string) =>
    noteMade({ resource, id, former: null, remove: async () => void takenBack.push(id) }, () =>
      recordResourceId(flow, resource, id),
    );
  const undo = async () => ({ ...flow, fence: await beginRollback(flow, { errorName: 'Oops', errorMessage: '' }) });
  return { resource, takenBack, note, undo };
};

describe('what was made in the cloud', () => {
  it('is noted once, and stays when another call notes it again', async () => {
    const { takenBack, note } = await made();
    await note('port-1');
    await expect(note('port-1')).rejects.toThrow(RowRefusedError);
    expect(takenBack).toEqual([]);
  });

  it('is taken back by its maker when the operation was undone meanwhile', async () => {
    const { resource, takenBack, note, undo } = await made();
    await forgetResource(await undo(), resource);
    await expect(note('port-1')).rejects.toMatchObject({ name: 'OperationSuperseded' });
    expect(takenBack).toEqual(['port-1']);
  });

  it('stays when the handler that carries the operation on has found and recorded it', async () => {
    const { resource, takenBack, note, undo } = await made();
    await recordResourceId(await undo(), resource, 'port-1');
    await expect(note('port-1')).rejects.toMatchObject({ name: 'OperationSuperseded' });
    expect(takenBack).toEqual([]);
  });

  it('can be noted by no handler once its maker has taken it back', async () => {
    const { resource, takenBack, note, undo } = await made();
    const successor = await undo();
    await expect(note('port-1')).rejects.toMatchObject({ name: 'OperationSuperseded' });
    expect(takenBack).toEqual(['port-1']);
    await expect(recordResourceId(successor, resource, 'port-1')).rejects.toThrow(RowRefusedError);
    expect(await findResource(resource)).toMatchObject({ resource_id: null, taken_back: ['port-1'] });
    await recordResourceId(successor, resource, 'port-2');
  });

  it('is taken back when another call of the same task has noted its own', async () => {
    const { takenBack, note } = await made();
    const [first, second] = await Promise.allSettled([note('port-1'), note('port-2')]);
    const refused = [first, second].filter(({ status }) => status === 'rejected');
    expect(refused).toMatchObject([{ reason: expect.any(RowRefusedError) }]);
    expect(takenBack).toHaveLength(1);
  });
});
