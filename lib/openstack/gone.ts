import { CloudResourceNotFoundError } from '../errors/cloud.ts';

/** Waits for a deletion; that the thing is gone already is as good. */
export const orGone = async (deletion: Promise<void>): Promise<void> => {
  try {
    await deletion;
  } catch (error) {
    if (!(error instanceof CloudResourceNotFoundError)) throw error;
  }
};
