import { readFileSync } from 'node:fs';
import { checked } from '../api/client.ts';
import { dryRunShape } from '../api/shapes.ts';
import { ExitCode, UsageError } from '../output/errors.ts';
import type { Work } from './context.ts';
import { dryRunText } from './dry-run-view.ts';

const METHODS = ['POST', 'PUT', 'DELETE'] as const;
/** As the API's own limit of a body. */
const MOST_BYTES = 1_048_576;

/** A body as JSON text, or `@file`. @throws UsageError */
const bodyOf = (given: string | undefined): unknown => {
  if (given === undefined) return undefined;
  let text = given;
  try {
    if (given.startsWith('@')) text = readFileSync(given.slice(1), 'utf8');
  } catch {
    throw new UsageError(`--data ${given}: cannot be read`);
  }
  if (Buffer.byteLength(text) > MOST_BYTES) throw new UsageError('--data: has more than 1 MiB');
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError('--data: is no JSON', `give text such as '{"listener": {"name": "www"}}', or @file`);
  }
};

/** Asks what a write would do. */
export const dryRun =
  (method: string, path: string, { data }: { readonly data?: string }): Work =>
  async ({ api, printer, terminal }) => {
    const asked = METHODS.find((one) => one === method.toUpperCase());
    if (asked === undefined) throw new UsageError(`${method}: is no write`, `use one of ${METHODS.join(', ')}`);
    const { pathname, searchParams } = new URL(path, 'http://api');
    const query = [...searchParams].filter(([name]) => name !== 'dry_run');
    const versioned = /^\/v2(\.\d+)?\//.test(pathname)
      ? pathname
      : `/v2.0${pathname.startsWith('/') ? '' : '/'}${pathname}`;
    const { body } = await api.send(asked, versioned, { query: [...query, ['dry_run', 'true']], body: bodyOf(data) });
    const { dry_run } = checked(dryRunShape, body, `${asked} ${versioned}`);
    printer.show(dry_run, () => dryRunText(terminal, dry_run));
    return ExitCode.FINE;
  };
