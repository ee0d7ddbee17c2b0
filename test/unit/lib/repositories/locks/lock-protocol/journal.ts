import type { Member } from '../../../../../../lib/models/objects/pool.ts';
import type { RECOVERIES } from '../../../../../../lib/repositories/locks/lost-locks.ts';
import type { Writer } from './actors.ts';

/** What happened, in the order in which the table accepted it. */
export interface Journal {
  readonly fences: number[];
  /** Members with their weight, as an amphora was given them, and `no` with an id for each it was given no more. */
  readonly pushed: Set<string>;
  readonly accepted: {
    readonly operationId: string;
    readonly asks: Writer['asks'];
    readonly members: readonly Member[];
  }[];
  /** Operations whose execution runs. */
  readonly running: Set<string>;
  /** Losses that an operation has had before; with RECOVERIES of them the next one gives it up. */
  readonly losses: 0 | typeof RECOVERIES;
}

/** The weight that updates ask for. */
export const UPDATED = 7;
export const line = ({ id, weight }: Member): string => `${id} ${weight}`;

export class LostAnswer extends Error {
  override readonly name = 'LostAnswer';
}

/** A look at the table, as often as it takes. */
export const retried = async <T>(look: () => Promise<T>): Promise<T> => {
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof LostAnswer)) throw error;
    }
  }
};
