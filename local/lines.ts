import { closeSync, openSync, readSync } from 'node:fs';
import { codeOf, StartError } from './errors.ts';

/** Bytes that are read at a time, more only for a longer line: a file may be larger than the memory that a stack has. */
const CHUNK = 65_536;
const NEWLINE = 0x0a;

export interface Line {
  readonly text: string;
  /** Where it stands in the file, in bytes without the end of the line. */
  readonly offset: number;
  readonly length: number;
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const openFile = (path: string): number | null => {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
};

/** Each line with its number from 1; the empty ones as well. One buffer holds them all, one after the other. */
function* split(file: number): Generator<Line & { readonly number: number }> {
  let buffer = Buffer.alloc(CHUNK);
  let filled = 0;
  let offset = 0;
  let number = 0;
  const take = (from: number, to: number): Line & { readonly number: number } => {
    const line = { text: buffer.toString('utf8', from, to), offset, length: to - from };
    offset += line.length + 1;
    number += 1;
    return { ...line, number };
  };
  for (;;) {
    if (filled === buffer.length) buffer = Buffer.concat([buffer], 2 * filled);
    const read = readSync(file, buffer, filled, buffer.length - filled, null);
    if (read === 0) break;
    let from = 0;
    const until = filled + read;
    for (let end = buffer.indexOf(NEWLINE, filled); end >= 0 && end < until; end = buffer.indexOf(NEWLINE, from)) {
      yield take(from, end);
      from = end + 1;
    }
    buffer.copyWithin(0, from, until);
    filled = until - from;
  }
  if (filled > 0) yield take(0, filled);
}

/**
 * The lines of a file of JSON, one at a time; none when it is not there. A kill can cut the last line off, which is left out.
 * @throws StartError another line is damaged
 */
export function* readLines(path: string): Generator<Line> {
  const file = openFile(path);
  if (file === null) return;
  let damaged: number | null = null;
  try {
    for (const { number, ...line } of split(file)) {
      if (line.text === '') continue;
      if (damaged !== null) {
        throw new StartError(`${path} is damaged in line ${damaged}: restore it, or move it away to start without it.`);
      }
      if (isJson(line.text)) yield line;
      else damaged = number;
    }
  } finally {
    closeSync(file);
  }
}
