import { closeSync, mkdirSync, openSync, readSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { type Json, parseJson } from '../json.ts';
import { readLines } from '../lines.ts';
import type { HistoryEvent } from './engine/history.ts';
import { type ExecutionRecord, executionSchema } from './records.ts';

/** Ended executions a restart keeps; older ones are forgotten, as AWS forgets them after 90 days. */
const KEPT = 2000;

const eventSchema = z.object({
  id: z.number(),
  previousEventId: z.number(),
  timestamp: z.number(),
  type: z.string(),
  details: z.record(z.string(), z.json()),
});
const lineSchema = z.union([
  z.object({ record: executionSchema }),
  z.object({ history: z.string(), events: z.array(eventSchema) }),
]);

/** Where executions are written down: every line is one record's new state, or the history of an ended execution. */
export interface Journal {
  /** What was there at the start, oldest first, in its last state. */
  readonly found: readonly ExecutionRecord[];
  /** Writes a record's state before the caller goes on. */
  write(record: ExecutionRecord): void;
  writeHistory(arn: string, events: readonly HistoryEvent[]): void;
  /** The history of an execution that ended; null when none was written. */
  readHistory(arn: string): readonly HistoryEvent[] | null;
  forget(arn: string): void;
  close(): void;
}

/** A journal that lives as long as the process. */
export const createMemoryJournal = (): Journal => {
  const histories = new Map<string, readonly HistoryEvent[]>();
  return {
    found: [],
    write: () => {},
    writeHistory: (arn, events) => {
      histories.set(arn, events);
    },
    readHistory: (arn) => histories.get(arn) ?? null,
    forget: (arn) => {
      histories.delete(arn);
    },
    close: () => {},
  };
};

const readLine = (text: string): z.infer<typeof lineSchema> | null => {
  let value: Json;
  try {
    value = parseJson(text);
  } catch {
    // A kill can cut the last line off; what it said is then not known to anyone.
    return null;
  }
  return lineSchema.safeParse(value).data ?? null;
};

/** Reads what an earlier run wrote, and rewrites the file with what is worth keeping. */
const compact = (path: string): ExecutionRecord[] => {
  const records = new Map<string, ExecutionRecord>();
  const histories = new Map<string, string>();
  for (const text of readLines(path)) {
    const line = readLine(text);
    if (line && 'record' in line) records.set(line.record.arn, line.record);
    else if (line) histories.set(line.history, text);
  }
  const kept = [...records.values()].slice(-KEPT);
  const lines = kept.flatMap((record) => {
    const history = histories.get(record.arn);
    return [JSON.stringify({ record }), ...(history ? [history] : [])];
  });
  writeFileSync(`${path}.new`, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return kept;
};

const indexHistories = (path: string, places: Map<string, readonly [number, number]>): number => {
  let offset = 0;
  for (const text of readLines(path)) {
    const length = Buffer.byteLength(text);
    const line = text.startsWith('{"history"') ? readLine(text) : null;
    if (line && 'history' in line) places.set(line.history, [offset, length]);
    offset += length + 1;
  }
  return Math.max(0, offset - 1);
};

/** A journal in `<folder>/executions.jsonl`, append-only while the stack runs. */
export const openJournal = (folder: string): Journal => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'executions.jsonl');
  const found = compact(path);
  const places = new Map<string, readonly [number, number]>();
  let end = indexHistories(path, places);
  const file = openSync(path, 'a+', 0o600);
  const append = (line: object): readonly [number, number] => {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    writeSync(file, bytes);
    const place = [end, bytes.length - 1] as const;
    end += bytes.length;
    return place;
  };
  return {
    found,
    write: (record) => {
      append({ record });
    },
    writeHistory: (arn, events) => {
      places.set(arn, append({ history: arn, events }));
    },
    readHistory: (arn) => {
      const place = places.get(arn);
      if (!place) return null;
      const bytes = Buffer.alloc(place[1]);
      readSync(file, bytes, 0, place[1], place[0]);
      const line = readLine(bytes.toString('utf8'));
      return line && 'events' in line ? line.events : null;
    },
    forget: (arn) => {
      places.delete(arn);
    },
    close: () => closeSync(file),
  };
};
