import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import * as z from 'zod';
import type { FunctionEntry } from './source/service.ts';

const KIB = 1024;

/** Past it a cold start pays for code that a handler of this size cannot need. */
const BUDGET = 350 * KIB;

/** Libraries that weigh more than their share and are worth it to the handlers that have them. */
const ALLOWANCES: readonly { readonly folder: string; readonly bytes: number }[] = [
  { folder: 'node_modules/undici/', bytes: 750 * KIB },
  { folder: 'node_modules/yaml/', bytes: 120 * KIB },
  { folder: 'node_modules/dynamoose/', bytes: 100 * KIB },
  { folder: 'node_modules/@peculiar/', bytes: 220 * KIB },
];

/** Bytes a bundle may have. */
export const budgetOf = (inputs: readonly string[]): number =>
  ALLOWANCES.filter(({ folder }) => inputs.some((path) => path.includes(folder))).reduce(
    (sum, { bytes }) => sum + bytes,
    BUDGET,
  );

/** CommonJS packages inside an ES module still ask for `require`. */
const BANNER =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

export interface Bundle {
  readonly entry: FunctionEntry;
  readonly bytes: number;
  /** Paths of everything in it, relative to the root. */
  readonly inputs: readonly string[];
}

/**
 * Bundles every handler into one file each under `<root>/dist`, with its source map beside it. AWS's SDK stays
 * outside: the runtime has it.
 * @throws esbuild's error, which names the file that lacks or breaks something
 */
export const bundleHandlers = async (root: string, functions: readonly FunctionEntry[]): Promise<readonly Bundle[]> => {
  await rm(join(root, 'dist'), { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: functions.map((entry) => entry.source),
    outdir: 'dist',
    outbase: '.',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    external: ['@aws-sdk/*'],
    banner: { js: BANNER },
    minify: true,
    keepNames: true,
    legalComments: 'none',
    sourcemap: 'external',
    metafile: true,
    logLevel: 'silent',
  });
  return functions.map((entry) => {
    const output = metafile.outputs[entry.bundle];
    return { entry, bytes: output?.bytes ?? 0, inputs: Object.keys(output?.inputs ?? {}) };
  });
};

const module = z.object({ handler: z.function() });

/** What keeps a bundle from being deployed: its size, its package, or that it does not load and offer a handler. */
export const checkBundle = async (root: string, { entry, bytes, inputs }: Bundle): Promise<readonly string[]> => {
  const problems: string[] = [];
  if (bytes > budgetOf(inputs)) problems.push(`${bytes} bytes, at most ${budgetOf(inputs)} are allowed`);
  if (entry.packaged !== entry.bundle) problems.push(`packages ${entry.packaged} instead of ${entry.bundle}`);
  try {
    const loaded: unknown = await import(pathToFileURL(join(root, entry.bundle)).href);
    if (!module.safeParse({ ...Object(loaded) }).success) problems.push(`${entry.bundle} exports no handler`);
  } catch (error) {
    problems.push(`${entry.bundle} does not load: ${String(error)}`);
  }
  return problems;
};
