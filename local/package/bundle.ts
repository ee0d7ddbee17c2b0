import { rm } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import * as z from 'zod';
import type { FunctionEntry } from './source/service.ts';

/** Bytes that a handler may have besides AWS's SDK, minified: past it a cold start pays for code that no handler needs. */
export const BUNDLE_LIMIT = 425 * 1000;
/** Bytes of AWS's SDK in a handler: its clients of four services, and where credentials come from. */
export const SDK_LIMIT = 560 * 1000;
const SDK = /node_modules\/@(?:aws|aws-crypto|aws-sdk|smithy)\//;

/** CommonJS packages inside an ES module still ask for `require`. */
const BANNER =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

export interface Bundle {
  readonly entry: FunctionEntry;
  /** What every cold start loads, and how much of it is AWS's SDK. */
  readonly bytes: number;
  readonly sdkBytes: number;
  /** Packages that are not in it: the runtime's own would run, of whatever version. */
  readonly outside: readonly string[];
  /** Paths of everything in it, relative to the root; also of what is loaded on demand. */
  readonly inputs: readonly string[];
}

/** The package of a handler whose code imports something on demand: that goes to files of its own beside it. */
const partsOf = (bundle: string): string => bundle.replace(/\.mjs$/, '{.mjs,.parts/*.mjs}');

type Outputs = Metafile['outputs'];

/** A file and what it imports; on demand only when asked. */
const reached = (outputs: Outputs, first: string, onDemand: boolean): ReadonlySet<string> => {
  const found = new Set([first]);
  for (const path of found) {
    for (const { path: imported, kind } of outputs[path]?.imports ?? []) {
      if (imported in outputs && (onDemand || kind !== 'dynamic-import')) found.add(imported);
    }
  }
  return found;
};

const common = (root: string) =>
  ({
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    // A package's ES modules, where it has them: of CommonJS nothing can be left out.
    mainFields: ['module', 'main'],
    banner: { js: BANNER },
    minify: true,
    keepNames: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'silent',
  }) as const satisfies BuildOptions;

const buildTogether = async (root: string, entries: readonly FunctionEntry[], splitting: boolean): Promise<Outputs> => {
  const { metafile } = await build({
    ...common(root),
    entryPoints: entries.map((entry) => entry.source),
    outdir: 'dist',
    outbase: '.',
    outExtension: { '.js': '.mjs' },
    splitting,
    chunkNames: `${entries[0]?.source.replace(/\.ts$/, '.parts')}/[name]-[hash]`,
    sourcemap: 'external',
  });
  return metafile.outputs;
};

/**
 * Bundles every handler under `<root>/dist`, with its source map beside it: into one file each, or into parts where the
 * function's package has them. AWS's SDK is in it: what runs is what was tested.
 * @throws esbuild's error, which names the file that lacks or breaks something
 */
export const bundleHandlers = async (root: string, functions: readonly FunctionEntry[]): Promise<readonly Bundle[]> => {
  await rm(join(root, 'dist'), { recursive: true, force: true });
  const isInParts = ({ packaged, bundle }: FunctionEntry) => packaged === partsOf(bundle);
  const whole = functions.filter((entry) => !isInParts(entry));
  const outputs: Outputs = { ...(whole.length > 0 && (await buildTogether(root, whole, false))) };
  for (const entry of functions.filter(isInParts)) Object.assign(outputs, await buildTogether(root, [entry], true));
  const sum = (numbers: readonly number[]) => numbers.reduce((bytes, more) => bytes + more, 0);
  const sdkIn = (path: string) =>
    Object.entries(outputs[path]?.inputs ?? {}).map(([input, { bytesInOutput }]) =>
      SDK.test(input) ? bytesInOutput : 0,
    );
  return functions.map((entry) => {
    const loaded = [...reached(outputs, entry.bundle, false)];
    const all = [...reached(outputs, entry.bundle, true)].flatMap((path) => outputs[path] ?? []);
    return {
      entry,
      bytes: sum(loaded.map((path) => outputs[path]?.bytes ?? 0)),
      sdkBytes: sum(loaded.flatMap(sdkIn)),
      outside: all.flatMap(({ imports }) =>
        imports.filter(({ path, external }) => external && !isBuiltin(path)).map(({ path }) => path),
      ),
      inputs: all.flatMap(({ inputs }) => Object.keys(inputs)),
    };
  });
};

/** Where the receiver's one file is, for its container image. */
export const RECEIVER_BUNDLE = 'dist/containers/heartbeat-receiver/main.mjs';

/**
 * Bundles the heartbeat receiver with all it needs, AWS's SDK included: nothing else is in its image.
 * @returns bytes
 */
export const bundleReceiver = async (root: string): Promise<number> => {
  const { metafile } = await build({
    ...common(root),
    entryPoints: ['lib/health/receiver/main.ts'],
    outfile: RECEIVER_BUNDLE,
  });
  return metafile.outputs[RECEIVER_BUNDLE]?.bytes ?? 0;
};

const module = z.object({ handler: z.function() });

/** What keeps a bundle from being deployed: its size, its package, what it lacks, or that it does not load and offer a handler. */
export const checkBundle = async (
  root: string,
  { entry, bytes, sdkBytes, outside }: Bundle,
): Promise<readonly string[]> => {
  const problems: string[] = [];
  const own = bytes - sdkBytes;
  if (own > BUNDLE_LIMIT) problems.push(`${own} bytes besides the SDK, at most ${BUNDLE_LIMIT} are allowed`);
  if (sdkBytes > SDK_LIMIT) problems.push(`${sdkBytes} bytes of the SDK, at most ${SDK_LIMIT} are allowed`);
  problems.push(...outside.map((name) => `leaves ${name} to the runtime`));
  if (entry.packaged !== entry.bundle && entry.packaged !== partsOf(entry.bundle))
    problems.push(`packages ${entry.packaged} instead of ${entry.bundle}`);
  try {
    const loaded: unknown = await import(pathToFileURL(join(root, entry.bundle)).href);
    if (!module.safeParse({ ...Object(loaded) }).success) problems.push(`${entry.bundle} exports no handler`);
  } catch (error) {
    problems.push(`${entry.bundle} does not load: ${String(error)}`);
  }
  return problems;
};
