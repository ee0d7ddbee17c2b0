import { OperationSuperseded, RowRefusedError } from '../errors/flow.ts';
import type { ExternalResource, ResourceOwner } from '../models/external-resource.ts';
import { findResource } from '../repositories/cloud/external-resources.ts';
import { poll } from '../tools/poll.ts';

/** A handler that has found the same resource by its name notes it within this time, or has not found it. */
const ADOPTION = { budgetMs: 2_000, intervalMs: 250 };

/** Something that was just made in the cloud. */
export interface Made {
  readonly resource: Pick<ExternalResource, 'kind' | 'name'> & ResourceOwner;
  readonly id: string;
  /** The id of the one that it stands in for, which is lost; null when there was none. */
  readonly former?: string | null;
  takeBack(): Promise<void>;
}

/** True when another handler has found and noted it. */
const isOwned = async ({ resource, id, former }: Made): Promise<boolean> => {
  const look = async () => {
    const known = await findResource(resource);
    if (known === null) return { owned: false };
    const undecided = known.resource_id === null || known.resource_id === former;
    return undecided ? null : { owned: known.resource_id === id };
  };
  return (await poll(ADOPTION, look))?.owned ?? false;
};

/**
 * Notes what was just made. One that may not be noted any more is taken back by its maker: the handler that undid the
 * operation, or carries it on, may have looked for it before it was there. One that another handler has found and noted
 * stays.
 * @throws whatever `note` throws
 */
export const noteMade = async <T>(made: Made, note: () => Promise<T>): Promise<T> => {
  try {
    return await note();
  } catch (error) {
    const tooLate = error instanceof OperationSuperseded || error instanceof RowRefusedError;
    if (tooLate && !(await isOwned(made))) await made.takeBack();
    throw error;
  }
};
