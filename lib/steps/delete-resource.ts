import type { FlowInput } from '../models/operations/operation.ts';
import { forgetResource, type ResourceName } from '../repositories/cloud/external-resources.ts';
import { allEnded } from '../tools/all-ended.ts';

/** A resource in the cloud that the worker owns: where it is recorded, how it is found and deleted. */
export interface ResourceToDelete {
  readonly resource: ResourceName;
  /** Its id wherever it is recorded; null where it is not. */
  readonly recorded: readonly (string | null)[];
  /** Ids of all that have its name: an attempt that died, or gave up, may have asked for one more. */
  find(): Promise<readonly string[]>;
  /** Gone is a success. */
  remove(id: string): Promise<void>;
  /** Clears the id where it is referred to, under the fence, before the ledger forgets it. @default the ledger alone has it */
  clear?(): Promise<void>;
}

/**
 * The one way to delete an owned resource, beside `ensureResource`: by its recorded ids, and all others of its name. What cannot be
 * deleted stays in the ledger, and a retry starts again.
 * @param flow null before there is a lock (the API's VIP port)
 * @throws OperationSuperseded
 */
export const deleteResource = async (
  flow: FlowInput | null,
  { resource, recorded, find, remove, clear }: ResourceToDelete,
): Promise<void> => {
  const known = new Set(recorded.filter((id) => id !== null));
  const others = async (): Promise<void> => {
    const found = await find();
    await allEnded(found.filter((id) => !known.has(id)).map(remove));
  };
  // Neither continues after the other has failed.
  await allEnded([...[...known].map(remove), others()]);
  await clear?.();
  await forgetResource(flow, resource);
};
