import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readLines } from '../../../local/lines.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lines-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (content: string | Buffer) => {
  const path = join(folder, 'file.jsonl');
  writeFileSync(path, content);
  return [...readLines(path)];
};

describe('a file of JSON lines', () => {
  it('has no lines when it is not there', () => {
    expect([...readLines(join(folder, 'none.jsonl'))]).toEqual([]);
  });

  it('is read line by line, each with its place in bytes', () => {
    const texts = ['{"a":"ö"}', JSON.stringify('ü'.repeat(100_000)), '7', JSON.stringify('x'.repeat(65_534))];
    const content = Buffer.from(`${texts.join('\n')}\n`);
    const lines = read(content);
    expect(lines.map(({ text }) => text)).toEqual(texts);
    for (const { text, offset, length } of lines) {
      expect(content.subarray(offset, offset + length).toString('utf8')).toBe(text);
    }
  });

  it.each([
    ['a last line without its end', '1\n2', ['1', '2']],
    ['empty lines', '1\n\n\n2\n\n', ['1', '2']],
    ['a last line that was cut off', '1\n{"cut', ['1']],
    ['a last line that was cut off, and empty lines', '1\n{"cut\n\n', ['1']],
    ['nothing', '', []],
  ])('may have %s', (_what, content, texts) => {
    expect(read(content).map(({ text }) => text)).toEqual(texts);
  });

  it('is refused with the number of a damaged line before the last', () => {
    expect(() => read('1\n\n{"cut\n2\n')).toThrow('file.jsonl is damaged in line 3: restore it, or move it away');
  });
});
