export interface Budgets {
  /** True while that key has something left, of which one is taken. */
  take(key: string): boolean;
}

/** Keys that are remembered. Forgetting them gives each its full budget again. */
const MOST_KEYS = 200_000;

interface Budget {
  left: number;
  at: number;
}

/**
 * How many datagrams each sender may have read.
 * @param most at once
 * @param everyMs milliseconds until there is one more
 */
export const createBudgets = (now: () => number, most: number, everyMs: number): Budgets => {
  const budgets = new Map<string, Budget>();
  return {
    take: (key) => {
      const at = now();
      let budget = budgets.get(key);
      if (budget === undefined) {
        if (budgets.size >= MOST_KEYS) budgets.clear();
        budget = { left: most, at };
        budgets.set(key, budget);
      }
      budget.left = Math.min(most, budget.left + Math.max(0, at - budget.at) / everyMs);
      budget.at = at;
      if (budget.left < 1) return false;
      budget.left -= 1;
      return true;
    },
  };
};
