/**
 * Waits until all of them have ended, also when one fails: what comes next must not meet one that is still at it.
 * @throws the first one's failure
 */
export const allEnded = async <T extends readonly unknown[] | []>(all: T) => {
  await Promise.allSettled(all);
  return await Promise.all(all);
};
