import { closeSync, mkdirSync, openSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { TRANSITION_EVENT } from '../../lib/models/operations/transition.ts';
import { type JsonObject, parseJson } from '../json.ts';
import { readLines } from '../lines.ts';
import type { BusEvent } from '../stepfunctions/status-event.ts';

/** Transitions that can still be asked for; older ones are forgotten. */
const KEPT = 10_000;

/** One transition in the order it came. */
export interface FeedEntry {
  /** Counts from 1, over restarts. */
  readonly number: number;
  readonly transition: JsonObject;
}

export interface Feed {
  /** Writes a transition down before it answers; what is no transition, or is there already, is left out. */
  add(event: BusEvent): void;
  /** What is kept after that number, oldest first. @param most how many at most */
  after(number: number, most: number): readonly FeedEntry[];
  /** The number of the latest; 0 before the first. */
  latest(): number;
  /** Calls back when there is a new one. @returns what ends that */
  follow(listener: () => void): () => void;
  close(): void;
}

const lineSchema = z.object({ number: z.int(), transition: z.record(z.string(), z.json()) });

/** The latest that are written down. A line that a kill has cut off was not acknowledged, and its transition comes again. */
const readKept = (path: string): FeedEntry[] => {
  const entries: FeedEntry[] = [];
  for (const { text } of readLines(path)) {
    const entry = lineSchema.safeParse(parseJson(text)).data;
    if (entry !== undefined) entries.push(entry);
    if (entries.length > KEPT) entries.shift();
  }
  return entries;
};

const toLine = (entry: FeedEntry): string => `${JSON.stringify(entry)}\n`;

/** Keeps the transitions that came over the bus, in `<folder>/events.jsonl`; with null as long as the process lives. */
export const openFeed = (folder: string | null): Feed => {
  const path = folder === null ? null : join(folder, 'events.jsonl');
  if (folder !== null) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const entries = path === null ? [] : readKept(path);
  const ids = new Set(entries.map(({ transition }) => transition.id));
  const listeners = new Set<() => void>();

  const rewrite = (): number | null => {
    if (path === null) return null;
    writeFileSync(`${path}.new`, entries.map(toLine).join(''), { mode: 0o600 });
    renameSync(`${path}.new`, path);
    return openSync(path, 'a', 0o600);
  };
  let file = rewrite();
  let lines = entries.length;

  const write = (entry: FeedEntry): void => {
    if (file === null) return;
    writeSync(file, toLine(entry));
    lines += 1;
    if (lines < 2 * KEPT) return;
    closeSync(file);
    file = rewrite();
    lines = entries.length;
  };

  const latest = (): number => entries.at(-1)?.number ?? 0;
  return {
    add: ({ 'detail-type': type, detail: transition }) => {
      if (type !== TRANSITION_EVENT || ids.has(transition.id)) return;
      const entry = { number: latest() + 1, transition };
      write(entry);
      entries.push(entry);
      ids.add(transition.id);
      if (entries.length > KEPT) ids.delete(entries.shift()?.transition.id);
      for (const listener of listeners) listener();
    },
    after: (number, most) => {
      // The numbers of what is kept have no gaps.
      const start = Math.max(0, number + 1 - (entries[0]?.number ?? 0));
      return entries.slice(start, start + most);
    },
    latest,
    follow: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => {
      if (file !== null) closeSync(file);
      file = null;
    },
  };
};
