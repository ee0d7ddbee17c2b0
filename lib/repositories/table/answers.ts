import { logger } from '../../tools/logger.ts';
import { findRow } from './query.ts';

/** True when the table can be read. Why it cannot goes to the log. */
export const tableAnswers = async (): Promise<boolean> => {
  try {
    await findRow({ pk: 'HEALTHCHECK', sk: 'HEALTHCHECK' });
    return true;
  } catch (error) {
    logger.error('table request failed', { error: error instanceof Error ? error : new Error(String(error)) });
    return false;
  }
};
