/** A bounded, close poll: how long it may take and how far apart the looks are. */
export interface PollOptions {
  readonly budgetMs: number;
  readonly intervalMs: number;
}

/**
 * Looks until `look` answers something; null when the budget is used up. The first look is at once, and there is
 * always at least one.
 */
export const poll = async <T>(options: PollOptions, look: () => Promise<T | null>): Promise<T | null> => {
  const deadline = Date.now() + options.budgetMs;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (Date.now() + options.intervalMs > deadline) return null;
    await new Promise((resolve) => setTimeout(resolve, options.intervalMs));
  }
};
