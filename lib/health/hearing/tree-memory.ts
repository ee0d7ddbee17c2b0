import type { HeartbeatMessage } from '../message.ts';
import type { ObservedTree } from './observed-tree.ts';

/** A tree as it was left, and the objects of its amphora's status report then. */
export interface RememberedTree {
  readonly tree: ObservedTree;
  readonly spokenOf: string;
}

export interface TreeMemory {
  find(amphoraId: string): RememberedTree | null;
  keep(amphoraId: string, remembered: RememberedTree): void;
  forget(amphoraId: string): void;
}

/** The objects that a status report names, whatever their statuses. */
export const spokenOf = ({ version, listeners, pools }: HeartbeatMessage): string =>
  JSON.stringify([version, [...listeners.keys()], [...pools].map(([id, { members }]) => [id, [...members.keys()]])]);

const sizeOf = ({ tree: { listeners, pools, members } }: RememberedTree): number =>
  1 + listeners.length + pools.length + members.length;

/**
 * Remembers load balancers as they were left after an amphora's heartbeat. Beyond the limit those go that were kept
 * the longest: they are read again when they are needed.
 * @param limit objects of all of them together
 */
export const createTreeMemory = (limit: number): TreeMemory => {
  const trees = new Map<string, RememberedTree>();
  let objects = 0;
  const forget = (amphoraId: string): void => {
    const remembered = trees.get(amphoraId);
    if (remembered === undefined) return;
    trees.delete(amphoraId);
    objects -= sizeOf(remembered);
  };
  return {
    find: (amphoraId) => trees.get(amphoraId) ?? null,
    keep: (amphoraId, remembered) => {
      forget(amphoraId);
      trees.set(amphoraId, remembered);
      objects += sizeOf(remembered);
      for (const eldest of trees.keys()) {
        if (objects <= limit) break;
        forget(eldest);
      }
    },
    forget,
  };
};
