const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Waits; fails with the signal's reason as soon as it is aborted. */
export const sleep = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(
      () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      },
      Math.min(Math.max(milliseconds, 0), LONGEST_TIMER_MS),
    );
    signal.addEventListener('abort', onAbort, { once: true });
  });

/** The promise's outcome, or the signal's reason when that comes first: the promise is then left to itself. */
export const orAborted = async <T>(promise: Promise<T>, signal: AbortSignal): Promise<T> => {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
};

/** Runs `work` with a signal of its own that also follows `parent`; `abandon` aborts it. */
export const withChildSignal = async <T>(
  parent: AbortSignal,
  work: (signal: AbortSignal, abandon: (reason: unknown) => void) => Promise<T>,
): Promise<T> => {
  const controller = new AbortController();
  const follow = (): void => controller.abort(parent.reason);
  if (parent.aborted) follow();
  parent.addEventListener('abort', follow, { once: true });
  try {
    return await work(controller.signal, (reason) => controller.abort(reason));
  } finally {
    parent.removeEventListener('abort', follow);
  }
};
