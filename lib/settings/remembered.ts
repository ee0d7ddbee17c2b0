/** Milliseconds after which a value is read again, so that a rotated key is picked up without a deployment. */
const REREAD_AFTER = 300_000;

/** Remembers, for five minutes, a value that takes time to read. A failure is not remembered. */
export const remembered = <T>(now: () => number, read: () => Promise<T>): (() => Promise<T>) => {
  let last: { readonly at: number; readonly value: Promise<T> } | null = null;
  return () => {
    if (last !== null && now() - last.at < REREAD_AFTER) return last.value;
    const mine = { at: now(), value: read() };
    last = mine;
    mine.value.catch(() => {
      if (last === mine) last = null;
    });
    return mine.value;
  };
};
