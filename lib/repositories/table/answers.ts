import { logger } from '../../tools/logger.ts';
import { readRow } from './query.ts';

/** True when the table can be read. Why it cannot goes to the log. */
export const tableAnswers = async (): Promise<boolean> => {
  try {
    await readRow({ pk: 'HEALTHCHECK', sk: 'HEALTHCHECK' });
    return true;
  } catch (error) {
    logger.error('table request failed', { error: error instanceof Error ? error : new Error(String(error)) });
    return false;
  }
};
