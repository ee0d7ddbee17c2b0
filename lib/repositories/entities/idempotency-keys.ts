import { randomUUID } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import dynamoose from 'dynamoose';
import { RowType } from '../table/keys.ts';
import { type IdempotencyKey, idempotencyKeys } from './idempotency-key.ts';

/*
 * The holder that may create, over time:
 *
 *   first use             IN_FLIGHT, holder a     a creates under the reserved id
 *   a is done             DONE                    repetitions get the first answer
 *   a is refused          (row removed)           the next use is a first use
 *   a fails               IN_FLIGHT, no holder    the next use takes over at once, with the same id
 *   a dies                IN_FLIGHT, holder a     after TAKEOVER_AFTER_MS the next use takes over, with the same id
 *   taken over            IN_FLIGHT, holder b     b creates; what a left is found by its name
 *   after KEPT_SECONDS    (row expired)           the next use is a first use
 */

/** Longer than a creator can live: the API's function is stopped after 29 s. */
const TAKEOVER_AFTER_MS = 60_000;
const KEPT_SECONDS = 24 * 60 * 60;
const ATTEMPTS = 10;

/** Whose key it is. Keys of different projects have nothing to do with each other. */
export interface KeyOwner {
  readonly projectId: string;
  readonly key: string;
}

export type Reservation =
  /** The caller creates, under this id, and then completes, releases or abandons; `resumed` after another has tried. */
  | { readonly outcome: 'reserved'; readonly resourceId: string; readonly holder: string; readonly resumed: boolean }
  | { readonly outcome: 'done'; readonly resourceId: string; readonly answer: string | null }
  | { readonly outcome: 'in-flight'; readonly resourceId: string }
  /** The key stands for another request. */
  | { readonly outcome: 'mismatch' };

const rowKey = ({ projectId, key }: KeyOwner) => ({
  pk: `${RowType.IDEMPOTENCY_KEY}#${projectId}#${key}`,
  sk: RowType.IDEMPOTENCY_KEY,
});

const seconds = (): number => Math.floor(Date.now() / 1000);

const isRefusal = (error: unknown): boolean =>
  error instanceof ConditionalCheckFailedException ||
  (error instanceof Error && error.name === 'ConditionalCheckFailedException');

/** False when the write's condition refused it. */
const accepted = async (write: Promise<unknown>): Promise<boolean> => {
  try {
    await write;
    return true;
  } catch (error) {
    if (isRefusal(error)) return false;
    throw error;
  }
};

const heldBy = (holder: string) => new dynamoose.Condition().where('holder').eq(holder);

const firstUse = async (owner: KeyOwner, requestHash: string, resourceId: string): Promise<Reservation | null> => {
  const holder = randomUUID();
  const row: IdempotencyKey = {
    ...rowKey(owner),
    request_hash: requestHash,
    resource_id: resourceId,
    state: 'IN_FLIGHT',
    holder,
    reserved_at: new Date().toISOString(),
    expires_at: seconds() + KEPT_SECONDS,
  };
  const reserved = await accepted(idempotencyKeys().create(row));
  return reserved ? { outcome: 'reserved', resourceId, holder, resumed: false } : null;
};

/** Only one of several gets it: the former holder's name is the condition. */
const takeOver = async (owner: KeyOwner, former: IdempotencyKey): Promise<Reservation | null> => {
  const holder = randomUUID();
  const update = idempotencyKeys().update(
    rowKey(owner),
    { holder, reserved_at: new Date().toISOString() },
    { condition: heldBy(former.holder).and().where('state').eq('IN_FLIGHT') },
  );
  const resourceId = former.resource_id;
  return (await accepted(update)) ? { outcome: 'reserved', resourceId, holder, resumed: true } : null;
};

const read = async (owner: KeyOwner): Promise<IdempotencyKey | null> =>
  (await idempotencyKeys().get(rowKey(owner), { consistent: true })) ?? null;

const isAbandoned = ({ reserved_at }: IdempotencyKey): boolean =>
  Date.now() - Date.parse(reserved_at) >= TAKEOVER_AFTER_MS;

/** What a row that was found means; null when it changed meanwhile and must be looked at again. */
const existing = async (owner: KeyOwner, row: IdempotencyKey, requestHash: string): Promise<Reservation | null> => {
  if (row.expires_at <= seconds()) {
    await accepted(idempotencyKeys().delete(rowKey(owner), { condition: heldBy(row.holder) }));
    return null;
  }
  if (row.request_hash !== requestHash) return { outcome: 'mismatch' };
  if (row.state === 'DONE') return { outcome: 'done', resourceId: row.resource_id, answer: row.answer ?? null };
  return isAbandoned(row) ? await takeOver(owner, row) : { outcome: 'in-flight', resourceId: row.resource_id };
};

/**
 * Asks for the right to create what the key stands for. Of any number of callers with one key, one at a time has it.
 * @param resourceId the id to reserve when the key is new
 */
export const reserveKey = async (owner: KeyOwner, requestHash: string, resourceId: string): Promise<Reservation> => {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const reserved = await firstUse(owner, requestHash, resourceId);
    if (reserved !== null) return reserved;
    const row = await read(owner);
    const found = row === null ? null : await existing(owner, row, requestHash);
    if (found !== null) return found;
  }
  return { outcome: 'in-flight', resourceId };
};

/** A row may have 400 KB. */
const LARGEST_ANSWER = 300_000;

/** It is created: repetitions get this answer (JSON) from now on. A holder that lost the key changes nothing. */
export const completeKey = async (owner: KeyOwner, holder: string, answer: string): Promise<void> => {
  const kept = Buffer.byteLength(answer) > LARGEST_ANSWER ? {} : { answer };
  const change = { state: 'DONE' as const, ...kept };
  await accepted(idempotencyKeys().update(rowKey(owner), change, { condition: heldBy(holder) }));
};

/** Whether it is created is not known: the next use tries again, with the same id. */
export const abandonKey = async (owner: KeyOwner, holder: string): Promise<void> => {
  const change = { reserved_at: new Date(0).toISOString() };
  await accepted(idempotencyKeys().update(rowKey(owner), change, { condition: heldBy(holder) }));
};

/** It is not created and nothing is left of it: the key may be used afresh. A holder that lost the key changes nothing. */
export const releaseKey = async (owner: KeyOwner, holder: string): Promise<void> => {
  await accepted(idempotencyKeys().delete(rowKey(owner), { condition: heldBy(holder) }));
};
