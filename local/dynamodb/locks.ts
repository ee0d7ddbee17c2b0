export interface Locks {
  /** Runs `work` while no other work holds any of the keys; waits its turn, first come first served. */
  hold<T>(keys: readonly string[], work: () => Promise<T>): Promise<T>;
}

/** Locks by key within this process. All keys of a call are queued at once, in one order, so no two calls can block each other. */
export const createLocks = (): Locks => {
  const tails = new Map<string, Promise<void>>();
  return {
    hold: async (keys, work) => {
      const wanted = [...new Set(keys)].sort();
      const { promise: done, resolve: release } = Promise.withResolvers<void>();
      const before = wanted.map((key) => tails.get(key));
      for (const key of wanted) tails.set(key, done);
      try {
        await Promise.all(before);
        return await work();
      } finally {
        release();
        for (const key of wanted) if (tails.get(key) === done) tails.delete(key);
      }
    },
  };
};
