import { type Child, nameOfChild } from '../models/objects/child.ts';
import { KINDS } from '../models/objects/kinds.ts';
import { childrenOf } from '../models/objects/tree-children.ts';
import type { FlowInput } from '../models/operations/operation.ts';
import { recordRejection } from '../repositories/locks/rejections.ts';
import type { TreeRead } from '../repositories/objects/trees.ts';

/** Why the wanted values of an object cannot be applied. */
export interface Refusal {
  readonly objectId: string;
  readonly errorName: string;
  readonly errorMessage: string;
  /** True when its former form cannot go on either. @default false */
  readonly unapplied?: boolean;
}

interface Refused {
  readonly child: Child;
  readonly refusal: Refusal;
}

/** Each reason once, after the objects it is about. */
const messageOf = (refused: readonly Refused[]): string => {
  const byReason = new Map<string, string[]>();
  for (const { child, refusal } of refused) {
    byReason.set(refusal.errorMessage, [
      ...(byReason.get(refusal.errorMessage) ?? []),
      `${KINDS[child.kind].title} ${child.object.id}`,
    ]);
  }
  return [...byReason].map(([reason, names]) => `${names.join(', ')}: ${reason}`).join(' ');
};

const byOperation = ({ tree, changes }: TreeRead, refusals: readonly Refusal[]) => {
  const byId = new Map(refusals.map((refusal) => [refusal.objectId, refusal]));
  const found = new Map<string, Refused[]>();
  for (const child of childrenOf(tree)) {
    const [state, refusal] = [changes.get(child.object.id), byId.get(child.object.id)];
    if (refusal === undefined || state === undefined || state.rejected) continue;
    found.set(state.operation_id, [...(found.get(state.operation_id) ?? []), { child, refusal }]);
  }
  return found;
};

/**
 * Notes what cannot be applied: on each object, and on the operations that wanted it, whose error then names all of its
 * objects that are at fault.
 * @throws OperationSuperseded
 */
export const noteRefusals = async (flow: FlowInput, read: TreeRead, refusals: readonly Refusal[]): Promise<void> => {
  for (const [operationId, refused] of byOperation(read, refusals)) {
    const atFault = refused.map(({ child }) => nameOfChild(child));
    const errorName = refused[0]?.refusal.errorName ?? '';
    const reason = { errorName, errorMessage: messageOf(refused), atFault };
    for (const { child, refusal } of refused) {
      await recordRejection(flow, { child, operationId, ...reason, unapplied: refusal.unapplied ?? false });
    }
  }
};
