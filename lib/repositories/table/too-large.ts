import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { ObjectTooLargeError } from '../../errors/flow.ts';
import { CHILD_KINDS, KINDS } from '../../models/objects/kinds.ts';
import { RowType } from './keys.ts';

/** What an item may have, in bytes. */
const ITEM_LIMIT = 400 * 1024;

/** The database's words for an item, or a transaction, that is too large. */
const WORDS = /item size.*exceeded|collection size exceeded|more than 4 ?MB/i;

const TITLES: ReadonlyMap<string, string> = new Map([
  [RowType.LOAD_BALANCER, 'Load Balancer'],
  ...CHILD_KINDS.map((kind): [string, string] => [KINDS[kind].row, KINDS[kind].title]),
]);

/** A row, or the key of one. */
type Written = Readonly<Record<string, unknown>>;

const jsonLength = (value: unknown): number => JSON.stringify(value).length;

/** What the API calls the object of a row: `Listener <id>`; a member by its address where its id is not in the write. */
const titleOf = ({ pk, sk, id }: Written): string => {
  const [type = '', ...rest] = String(sk).split('#');
  const name = id ?? (type === RowType.LOAD_BALANCER ? String(pk).split('#').at(-1) : rest.slice(-2).join(' '));
  return `${TITLES.get(type) ?? type} ${String(name)}`;
};

/** For a write of a dry run. @throws ObjectTooLargeError */
export const refuseTooLarge = (row: Written, bytes: number): void => {
  if (bytes > ITEM_LIMIT) throw new ObjectTooLargeError(titleOf(row), ITEM_LIMIT);
};

/**
 * Runs a write; what the database finds too large is reported by its name.
 * @param written rows or keys of the write, with the rest of what is written of each: the largest is the culprit
 * @throws ObjectTooLargeError
 */
export const refusingTooLarge = async <T>(
  written: readonly { readonly row: Written; readonly with: unknown }[],
  write: () => Promise<T>,
): Promise<T> => {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
    const named = reasons.findIndex(({ Message }) => WORDS.test(Message ?? ''));
    if (named < 0 && !WORDS.test(error.message)) throw error;
    const largest = written.toSorted((left, right) => jsonLength(right.with) - jsonLength(left.with))[0];
    const culprit = written[named] ?? largest;
    throw new ObjectTooLargeError(culprit === undefined ? 'An object' : titleOf(culprit.row), ITEM_LIMIT, error);
  }
};
