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

/** An object whose change is pending, and the operation that wants it. */
export interface PendingObject {
  readonly id: string;
  readonly operationId: string;
}

/** Tries inside of operations; what is not judged by then counts as at fault. */
const MOST_TRIES = 60;

/**
 * The objects at fault for a configuration that is refused. Of the operations that cannot be applied, these are the ones
 * that cannot; the others stay.
 * @param pending parents before what hangs on them: an object is judged only where its parent stands
 * @param accepted tries without what these objects want; it must not change what runs
 */
export const findObjectsAtFault = async (
  pending: readonly PendingObject[],
  accepted: (leftOut: ReadonlySet<string>) => Promise<boolean>,
): Promise<readonly string[]> => {
  const acceptedWith = (isIncluded: (object: PendingObject) => boolean) =>
    accepted(new Set(pending.filter((object) => !isIncluded(object)).map(({ id }) => id)));
  // Operation ids grow with time: the oldest comes first.
  const operations = [...new Set(pending.map(({ operationId }) => operationId))].sort();
  const guilty = new Set(
    await findCulprits(operations, (some) => acceptedWith(({ operationId }) => some.includes(operationId))),
  );
  const suspects = pending.filter(({ operationId }) => guilty.has(operationId)).map(({ id }) => id);
  if (suspects.length === guilty.size) return suspects;
  let tries = 0;
  const found = await findCulprits(suspects, async (some) => {
    tries += 1;
    if (tries > MOST_TRIES) return false;
    const included = new Set(some);
    return await acceptedWith(({ id, operationId }) => !guilty.has(operationId) || included.has(id));
  });
  return found.length > 0 ? found : suspects;
};
