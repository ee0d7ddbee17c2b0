import { existsSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDataFolder } from '../../../local/data-folder.ts';

let base: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'data-folder-'));
});
afterEach(() => rm(base, { recursive: true }));

describe('a data folder', () => {
  test('is made, locked, and free again after its release', () => {
    const path = join(base, 'new');
    const folder = openDataFolder(path);
    expect(() => openDataFolder(path)).toThrow(`is used by another stack (process ${process.pid})`);
    folder.release();
    openDataFolder(path).release();
  });

  test('whose lock was left by a process that is gone is taken', () => {
    writeFileSync(join(base, 'stack.lock'), '4194304 1\n');
    openDataFolder(base).release();
  });

  test('whose lock was left by an earlier process of a number now in use is taken', () => {
    writeFileSync(join(base, 'stack.lock'), `${process.pid} 1\n`);
    openDataFolder(base).release();
  });

  test('that is a file is refused in one line', () => {
    const path = join(base, 'file');
    writeFileSync(path, '');
    expect(() => openDataFolder(path)).toThrow(/^The data folder .*file cannot be written \(EEXIST\)\.$/);
  });

  test('of a stack that keeps nothing goes away with it', () => {
    const folder = openDataFolder(null);
    expect(existsSync(folder.path)).toBe(true);
    folder.release();
    expect(existsSync(folder.path)).toBe(false);
  });
});
