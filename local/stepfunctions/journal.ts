import { closeSync, mkdirSync, openSync, readSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { parseJson } from '../json.ts';
import { readLines } from '../lines.ts';
import type { HistoryEvent } from './engine/history.ts';
import { type ExecutionRecord, executionSchema } from './records.ts';

/** Ended executions a restart keeps; older ones are forgotten, as AWS forgets them after 90 days. */
const KEPT = 2000;
/** Bytes that are copied at a time. */
const CHUNK = 65_536;

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

const readLine = (text: string): z.infer<typeof lineSchema> | null =>
  lineSchema.safeParse(parseJson(text)).data ?? null;

/** Where a history stands in the file: its offset and length in bytes. */
type Place = readonly [offset: number, length: number];

const readPlace = (file: number, [offset, length]: Place): Buffer => {
  const bytes = Buffer.alloc(length);
  readSync(file, bytes, 0, length, offset);
  return bytes;
};

/** A file that grows at its end, a line at a time. */
const linesOf = (file: number) => {
  let end = 0;
  const added = (length: number): Place => {
    const place = [end, length] as const;
    end += length + 1;
    return place;
  };
  const chunk = Buffer.alloc(CHUNK);
  return {
    append: (text: string): Place => added(writeSync(file, `${text}\n`) - 1),
    /** The same with a line of another file, whatever its length. */
    copy: (source: number, [offset, length]: Place): Place => {
      for (let done = 0; done < length; ) {
        const read = readSync(source, chunk, 0, Math.min(CHUNK, length - done), offset + done);
        done += writeSync(file, chunk, 0, read);
      }
      writeSync(file, '\n');
      return added(length);
    },
  };
};

/** Reads what an earlier run wrote, and rewrites the file with what is worth keeping, one history at a time in memory. */
const compact = (path: string) => {
  const records = new Map<string, ExecutionRecord>();
  const former = new Map<string, Place>();
  for (const { text, offset, length } of readLines(path)) {
    const line = readLine(text);
    if (line && 'record' in line) records.set(line.record.arn, line.record);
    else if (line) former.set(line.history, [offset, length]);
  }
  const found = [...records.values()].slice(-KEPT);
  const places = new Map<string, Place>();
  const source = openSync(path, 'a+', 0o600);
  const file = openSync(`${path}.new`, 'w+', 0o600);
  const lines = linesOf(file);
  for (const record of found) {
    lines.append(JSON.stringify({ record }));
    const place = former.get(record.arn);
    if (place !== undefined) places.set(record.arn, lines.copy(source, place));
  }
  closeSync(source);
  renameSync(`${path}.new`, path);
  return { found, places, file, append: lines.append };
};

/** A journal in `<folder>/executions.jsonl`, append-only while the stack runs. */
export const openJournal = (folder: string): Journal => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { found, places, file, append } = compact(join(folder, 'executions.jsonl'));
  const write = (line: object): Place => append(JSON.stringify(line));
  return {
    found,
    write: (record) => {
      write({ record });
    },
    writeHistory: (arn, events) => {
      places.set(arn, write({ history: arn, events }));
    },
    readHistory: (arn) => {
      const place = places.get(arn);
      if (!place) return null;
      const line = readLine(readPlace(file, place).toString('utf8'));
      return line && 'events' in line ? line.events : null;
    },
    forget: (arn) => {
      places.delete(arn);
    },
    close: () => closeSync(file),
  };
};
