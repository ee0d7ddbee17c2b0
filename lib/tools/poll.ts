/** A bounded, close poll: how long it may take and how far apart the looks are at least. */
export interface PollOptions {
  readonly budgetMs: number;
  readonly intervalMs: number;
}

/**
 * A look that takes long is paid for by a longer pause: a busy service is asked less often, and has time for the work
 * that all callers wait for.
 */
const PAUSE_PER_LOOK = 4;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Looks until `look` answers something; null when the budget is used up. The first look is at once, and there is
 * always at least one.
 */
export const poll = async <T>(options: PollOptions, look: () => Promise<T | null>): Promise<T | null> => {
  const deadline = Date.now() + options.budgetMs;
  for (;;) {
    const begun = Date.now();
    const found = await look();
    if (found !== null) return found;
    const now = Date.now();
    const pause = Math.max(options.intervalMs, Math.min((now - begun) * PAUSE_PER_LOOK, LONGEST_PAUSE_MS));
    if (now + pause > deadline) return null;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
};
