import { expect } from 'vitest';
import { commitChange } from '../../../../../../lib/repositories/locks/change-commits.ts';
import { getTree } from '../../../../../../lib/repositories/objects/trees.ts';
import { getOperation } from '../../../../../../lib/repositories/operations/operations.ts';
import { shared } from '../../support/stored.ts';
import { NO_TROUBLE, runFlow } from './flow.ts';
import { type Journal, line, UPDATED } from './journal.ts';

/* The checks when nothing runs any more. */

export const checkRest = async (id: string, journal: Journal): Promise<void> => {
  const tree = await getTree(id);
  expect(tree.load_balancer).toMatchObject({
    lock: null,
    provisioning_status: 'ACTIVE',
    staged_operation_id: null,
  });
  expect(JSON.stringify(tree)).not.toContain('PENDING');
  const byId = new Map(tree.members.map((member) => [member.id, member]));
  for (const { operationId, asks, members } of journal.accepted) {
    const { status, ended_at } = await getOperation(operationId);
    expect(ended_at).not.toBeNull();
    for (const { id: memberId, weight } of members) {
      const now = byId.get(memberId);
      if (asks === 'delete') {
        expect(now?.provisioning_status).toBe(status === 'SUCCEEDED' ? undefined : now && 'ERROR');
        if (now === undefined) expect(journal.pushed).toContain(`no ${memberId}`);
        continue;
      }
      expect(now?.weight).toBe(asks === 'update' ? UPDATED : weight);
      expect(now?.provisioning_status).toBe(status === 'SUCCEEDED' ? 'ACTIVE' : (now?.provisioning_status ?? 'there'));
      if (now?.provisioning_status === 'ACTIVE') expect(journal.pushed).toContain(line(now));
    }
  }
};

/** What failed comes with the next success, whatever was wanted. */
export const checkNextSuccess = async (id: string, journal: Journal): Promise<void> => {
  const operation = await commitChange(
    id,
    shared(() => ({})),
  );
  await runFlow(operation, NO_TROUBLE, journal);
  await checkRest(id, journal);
  const { members } = await getTree(id);
  expect(new Set(members.map(({ provisioning_status }) => provisioning_status))).not.toContain('ERROR');
  const deleted = journal.accepted.flatMap((one) => (one.asks === 'delete' ? one.members : []));
  const ids = members.map((member) => member.id);
  for (const member of deleted) expect(ids).not.toContain(member.id);
};
