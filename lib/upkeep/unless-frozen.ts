import { findFreeze } from '../repositories/fleet/freeze.ts';
import { logger } from '../tools/logger.ts';

/** A housekeeping function that does nothing while the worker is frozen, and then answers null: a later run makes up for it. */
export const unlessFrozen =
  <Given extends readonly unknown[], Answer>(run: (...given: Given) => Promise<Answer>) =>
  async (...given: Given): Promise<Answer | null> => {
    const freeze = await findFreeze();
    if (freeze === null) return await run(...given);
    logger.info('frozen: nothing is begun', { ...freeze });
    return null;
  };
