import { RowRefusedError } from '../errors/flow.ts';
import type { FlowInput } from '../models/operations/operation.ts';
import {
  findResource,
  type NewExternalResource,
  noteResourceId,
  recordIntent,
  recordResourceId,
} from '../repositories/cloud/external-resources.ts';
import type { TransactItem } from '../repositories/table/transact.ts';
import { noteMade } from './note-made.ts';

/** A resource in the cloud that the worker owns: how it is found again, created and recorded. */
export interface OwnedResource<T extends { readonly id: string }> {
  readonly resource: NewExternalResource;
  /** The one of its name, or null. */
  find(): Promise<T | null>;
  create(): Promise<T>;
  /** Deletes one that was created and may not be recorded any more. */
  remove(created: T): Promise<void>;
  /**
   * Writes its id where it is referred to, under the fence, in one transaction with `ledger`.
   * @param created false if it was found
   * @default the ledger alone has it
   */
  record?(found: T, ledger: TransactItem, created: boolean): Promise<void>;
}

/**
 * The one way to an owned resource: records the intent, finds the resource by its name or creates it, and records its id. It
 * takes the place of one that was recorded before and is lost.
 * @param flow null before there is a lock (the API's VIP port)
 * @throws OperationSuperseded
 * @throws RowRefusedError another call has recorded its own, or a resource that was made too late was found and deleted; a retry
 *   finds what there is by then
 */
export const ensureResource = async <T extends { readonly id: string }>(
  flow: FlowInput | null,
  { resource, find, create, remove, record }: OwnedResource<T>,
): Promise<T> => {
  const known = (await recordIntent(flow, resource)) === 'known';
  // Before the search: an id that another call records after it must not pass for the lost one's.
  const entry = known ? await findResource(resource) : null;
  const former = entry?.resource_id ?? null;
  const found = known ? await find() : null;
  if (flow !== null && found !== null && entry?.taken_back?.includes(found.id)) {
    // Its maker died before it could delete it.
    await remove(found);
    throw new RowRefusedError(flow.operation_id);
  }
  const note = (one: T, created: boolean): Promise<void> =>
    record === undefined
      ? recordResourceId(flow, resource, one.id, former)
      : record(one, noteResourceId(resource, one.id, former), created);
  if (found !== null) {
    await note(found, false);
    return found;
  }
  const created = await create();
  await noteMade({ resource, id: created.id, former, remove: () => remove(created) }, () => note(created, true));
  return created;
};
