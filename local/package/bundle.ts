import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import * as z from 'zod';
import type { FunctionEntry } from './source/service.ts';

/** Bytes a handler may have, minified: past it a cold start pays for code that no handler needs. */
export const BUNDLE_LIMIT = 400 * 1000;

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
    // A package's ES modules, where it has them: of CommonJS nothing can be left out.
    mainFields: ['module', 'main'],
    external: ['@aws-sdk/*', '@smithy/*'],
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
export const checkBundle = async (root: string, { entry, bytes }: Bundle): Promise<readonly string[]> => {
  const problems: string[] = [];
  if (bytes > BUNDLE_LIMIT) problems.push(`${bytes} bytes, at most ${BUNDLE_LIMIT} are allowed`);
  if (entry.packaged !== entry.bundle) problems.push(`packages ${entry.packaged} instead of ${entry.bundle}`);
  try {
    const loaded: unknown = await import(pathToFileURL(join(root, entry.bundle)).href);
    if (!module.safeParse({ ...Object(loaded) }).success) problems.push(`${entry.bundle} exports no handler`);
  } catch (error) {
    problems.push(`${entry.bundle} does not load: ${String(error)}`);
  }
  return problems;
};
