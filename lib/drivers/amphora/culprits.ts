import type { ChangeState } from '../../models/change.ts';

/** Changes that are pending, by the operation that wants them, oldest first. */
export const pendingOperations = (changes: ReadonlyMap<string, ChangeState>, isPending: (id: string) => boolean) => {
  const operations = new Set<string>();
  for (const [id, state] of changes) if (!state.rejected && isPending(id)) operations.add(state.operation_id);
  // Operation ids grow with time.
  return [...operations].sort();
};

/**
 * The operations whose changes make a configuration that is refused, found by trying halves: what is accepted together
 * is kept, so that each one is judged on top of those before it. None is one when nothing is accepted without them either.
 * @param accepted tries the former state with these operations' changes; it must not change what runs
 */
export const findCulprits = async (
  operations: readonly string[],
  accepted: (operations: readonly string[]) => Promise<boolean>,
): Promise<readonly string[]> => {
  const good: string[] = [];
  const culprits: string[] = [];
  const judge = async (group: readonly string[]): Promise<void> => {
    if (group.length === 0) return;
    if (await accepted([...good, ...group])) {
      good.push(...group);
      return;
    }
    if (group.length === 1) {
      culprits.push(...group);
      return;
    }
    const middle = Math.ceil(group.length / 2);
    await judge(group.slice(0, middle));
    await judge(group.slice(middle));
  };
  await judge(operations);
  return good.length > 0 || culprits.length === 0 || (await accepted([])) ? culprits : [];
};
