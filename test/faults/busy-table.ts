import { startDynamodb } from '../../local/dynamodb/dynamodb.ts';
import { refusalOf } from '../../local/dynamodb/throttles.ts';
import { seeded } from '../../local/hostile/draws.ts';

/** An embedded DynamoDB that refuses a share of what it is asked, as one does that is asked too much. */
export interface BusyTable {
  readonly endpoint: string;
  /** From now on this share of the requests is refused, from 0 to 1. */
  refuse(share: number): void;
  /** How many were refused since it was asked last. */
  refused(): number;
  stop(): Promise<void>;
}

export const openBusyTable = async (seed: number): Promise<BusyTable> => {
  const random = seeded(seed);
  let share = 0;
  let count = 0;
  const table = await startDynamodb({
    folder: null,
    throttle: (operation, input) => {
      if (random() >= share) return null;
      count += 1;
      return refusalOf(operation, input, random);
    },
  });
  return {
    endpoint: table.endpoint,
    refuse: (wanted) => {
      share = wanted;
    },
    refused: () => {
      const since = count;
      count = 0;
      return since;
    },
    stop: table.stop,
  };
};
