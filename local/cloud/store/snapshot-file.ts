import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from '../../errors.ts';
import { type Snapshot, snapshotSchema } from './store.ts';

/** Milliseconds a change waits for others before it is written, at least; and how many times as long as a write takes. */
const DEBOUNCE = { least: 5, ofWrite: 3 };

export interface SnapshotFile {
  /** What was saved last, or null. @throws StartError the file is no snapshot */
  load(): Snapshot | null;
  /** Saves soon. */
  schedule(): void;
  /** Resolves once every change up to now is saved. */
  saved(): Promise<void>;
  /** Saves now what is still unsaved. */
  flush(): void;
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

/**
 * One file with the whole state, replaced in one step: a reader finds the old one or the new one.
 * `current` makes the text to save. Only the owner may read it, since it holds tenants' secrets.
 */
export const snapshotFile = (folder: string, current: () => Snapshot): SnapshotFile => {
  const path = join(folder, 'cloud.json');
  let timer: NodeJS.Timeout | null = null;
  let next: PromiseWithResolvers<void> | null = null;
  let lastTook = 0;

  const write = (): void => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(current()), { mode: 0o600 });
    renameSync(draft, path);
  };
  const save = (): void => {
    const began = performance.now();
    const waiting = next;
    timer = null;
    next = null;
    try {
      write();
      waiting?.resolve();
    } catch (error) {
      if (waiting === null) throw error;
      waiting.reject(error);
    }
    lastTook = performance.now() - began;
  };

  return {
    load: () => {
      try {
        return snapshotSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
      } catch (error) {
        if (isMissing(error)) return null;
        throw new StartError(
          `${path} is no state of a stand-in cloud: restore it, or move the data folder away to start afresh.`,
        );
      }
    },
    schedule: () => {
      timer ??= setTimeout(save, Math.max(DEBOUNCE.least, lastTook * DEBOUNCE.ofWrite));
    },
    saved: async () => {
      if (timer === null) return;
      next ??= Promise.withResolvers();
      await next.promise;
    },
    flush: () => {
      if (timer === null) return;
      clearTimeout(timer);
      save();
    },
  };
};
