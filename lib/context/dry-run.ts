import { AsyncLocalStorage } from 'node:async_hooks';
import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Operation } from '../models/operations/operation.ts';

/*
 * A dry run is a request that runs up to its first effect, and not further:
 *
 *   reads          as ever
 *   a transaction  goes to the table with one more condition, which never holds: the table judges all the others, and
 *                  writes nothing. If one of those refuses, the request goes on with the refusal; otherwise the dry
 *                  run ends
 *   other writes   are refused by the clients of the table and of the cloud: a forgotten one is an error, not a row
 */

type Row = Readonly<Record<string, unknown>>;

/** What the request would have written. */
export interface Effect {
  readonly items: Readonly<NonNullable<TransactWriteCommandInput['TransactItems']>>;
  /** Whole rows of a change that is too large for its transaction. */
  readonly laidAside: readonly Row[];
  /** An operation that is there already, and would have been started. */
  readonly starts: Operation | null;
}

/** Thrown to end a dry run at its first write. Not a failure: error handlers must let it through. */
export class DryRunEnded extends Error {
  override readonly name = 'DryRunEnded';
  readonly effect: Effect;

  constructor(effect: Partial<Effect>) {
    super('The dry run has reached its first write.');
    this.effect = { items: [], laidAside: current.getStore()?.laidAside ?? [], starts: null, ...effect };
  }
}

const current = new AsyncLocalStorage<{ readonly laidAside: Row[] }>();

export const isDryRun = (): boolean => current.getStore() !== undefined;

/** Lays rows aside for the dry run's effect. */
export const noteDryRunRows = (rows: readonly Row[]): void => {
  current.getStore()?.laidAside.push(...rows);
};

/** Ends a dry run, if this is one, before an effect that is no transaction. @throws DryRunEnded */
export const endDryRun = (effect: Partial<Effect> = {}): void => {
  if (isDryRun()) throw new DryRunEnded(effect);
};

/** @throws TypeError a dry run is about to have an effect */
export const refuseInDryRun = (what: string): void => {
  if (isDryRun()) throw new TypeError(`${what} in a dry run`);
};

/**
 * Runs the work as a dry run.
 * @returns what it would have written; nothing when it came to its end without any effect
 * @throws whatever refuses it
 */
export const asDryRun = async (work: () => Promise<unknown>): Promise<Effect> => {
  try {
    await current.run({ laidAside: [] }, work);
    return { items: [], laidAside: [], starts: null };
  } catch (error) {
    if (error instanceof DryRunEnded) return error.effect;
    throw error;
  }
};
