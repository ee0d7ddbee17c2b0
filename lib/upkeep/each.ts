/** How many at a time, and how long. */
export interface EachOptions {
  readonly atOnce: number;
  /** Asked before each; those that are left when it says no have no turn. @default always */
  readonly goesOn?: () => boolean;
}

/**
 * Does something for each, in their order and so many at a time. One for which it fails does not keep the others waiting.
 * @returns what failed
 */
export const forEachOf = async <T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
  { atOnce, goesOn = () => true }: EachOptions,
): Promise<readonly unknown[]> => {
  const waiting = items.values();
  const failures: unknown[] = [];
  const lane = async (): Promise<void> => {
    while (goesOn()) {
      const { done, value } = waiting.next();
      if (done) return;
      await work(value).catch((error: unknown) => void failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, lane));
  return failures;
};
