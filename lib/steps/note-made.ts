import { OperationSuperseded, RowRefusedError } from '../errors/flow.ts';
import { type ResourceName, takeBack } from '../repositories/cloud/external-resources.ts';

/** Something that was just made in the cloud. */
export interface Made {
  readonly resource: ResourceName;
  readonly id: string;
  /** The id of the one that it stands in for, which is lost; null when there was none. */
  readonly former: string | null;
  remove(): Promise<void>;
}

/**
 * Notes what was just made. One that may not be noted any more is deleted by its maker: the handler that undid the
 * operation, or carries it on, may have looked for it before it was there. One that another handler has found and noted
 * stays; the ledger decides which of the two came first.
 * @throws whatever `note` throws
 */
export const noteMade = async <T>({ resource, id, former, remove }: Made, note: () => Promise<T>): Promise<T> => {
  try {
    return await note();
  } catch (error) {
    const tooLate = error instanceof OperationSuperseded || error instanceof RowRefusedError;
    if (tooLate && (await takeBack(resource, id, former))) await remove();
    throw error;
  }
};
