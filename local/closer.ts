export interface Closer {
  /** Remembers how to close what was just opened. */
  add(close: () => Promise<void> | void): void;
  /** Closes everything, newest first, all of it whatever fails. Twice is fine. */
  close(): Promise<void>;
}

export const createCloser = (): Closer => {
  const opened: (() => Promise<void> | void)[] = [];
  let closing: Promise<void> | null = null;
  const closeAll = async (): Promise<void> => {
    const failures: unknown[] = [];
    for (const close of opened.splice(0).reverse()) {
      try {
        await close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'The stack did not stop cleanly.');
  };
  return {
    add: (close) => {
      opened.push(close);
    },
    close: () => {
      closing ??= closeAll();
      return closing;
    },
  };
};
