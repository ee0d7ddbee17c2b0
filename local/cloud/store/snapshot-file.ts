import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Snapshot, snapshotSchema } from './store.ts';

/** Milliseconds a change may wait for others before it is written. */
const DEBOUNCE = 20;

export interface SnapshotFile {
  /** What was saved last, or null. @throws when the file is no snapshot */
  load(): Snapshot | null;
  /** Saves soon. */
  schedule(): void;
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

  const save = (): void => {
    timer = null;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(current()), { mode: 0o600 });
    renameSync(draft, path);
  };

  return {
    load: () => {
      try {
        return snapshotSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
      } catch (error) {
        if (isMissing(error)) return null;
        throw new Error(`${path} is no state of a stand-in cloud`, { cause: error });
      }
    },
    schedule: () => {
      timer ??= setTimeout(save, DEBOUNCE);
    },
    flush: () => {
      if (timer === null) return;
      clearTimeout(timer);
      save();
    },
  };
};
