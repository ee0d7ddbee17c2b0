import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

const program = resolve(import.meta.dirname, '../../../../cli/bin/deploy-worker.mjs');

/** Runs the program itself, in another folder than the repository's, without credentials. */
const typed = (...args: readonly string[]) =>
  new Promise<{ readonly code: unknown; readonly out: string; readonly errors: string }>((done) => {
    const env = { PATH: process.env.PATH ?? '', HOME: tmpdir() };
    execFile(program, args, { cwd: tmpdir(), env }, (error, out, errors) =>
      done({ code: error?.code ?? 0, out, errors }),
    );
  });

it('the program runs from any folder, and ends with the code of its command', async () => {
  const [help, status] = await Promise.all([typed('--help'), typed('status')]);
  expect(help).toMatchObject({ code: 0, out: expect.stringContaining('Usage: deploy-worker'), errors: '' });
  expect(status).toMatchObject({ code: 2, out: '', errors: expect.stringContaining('There are no credentials') });
});
