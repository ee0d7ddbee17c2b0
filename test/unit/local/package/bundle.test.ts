import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BUNDLE_LIMIT, type Bundle, bundleHandlers, checkBundle, SDK_LIMIT } from '../../../../local/package/bundle.ts';

let root: string;

const entry = (name: string) => ({
  key: name,
  source: `functions/a/${name}.ts`,
  bundle: `dist/functions/a/${name}.mjs`,
  packaged: `dist/functions/a/${name}.mjs`,
  timeout: 15,
  hasEvents: false,
});

const bundled = async (name: string, text: string): Promise<Bundle> => {
  await writeFile(join(root, entry(name).source), text);
  const [bundle] = await bundleHandlers(root, [entry(name)]);
  if (bundle === undefined) throw new Error('nothing was bundled');
  return bundle;
};

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'bundle-'));
  await mkdir(join(root, 'functions/a'), { recursive: true });
});
afterAll(() => rm(root, { recursive: true }));

test('a handler becomes one file that loads', async () => {
  await writeFile(join(root, 'functions/a/part.ts'), 'export const part = (): string => new Date().toISOString();');
  const bundle = await bundled('one', "import { part } from './part.ts';\nexport const handler = () => part();");
  expect(bundle.inputs).toContain('functions/a/part.ts');
  expect(await checkBundle(root, bundle)).toEqual([]);
});

test('a bundle without a handler, or one that does not load, is refused', async () => {
  expect(await checkBundle(root, await bundled('two', 'export const other = 1;'))).toHaveLength(1);
  expect((await checkBundle(root, await bundled('three', "throw new Error('broken');"))).join()).toContain(
    'does not load',
  );
});

test('of a package with ES modules only what is used is bundled', async () => {
  const folder = join(root, 'node_modules/two-builds');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ main: 'main.cjs', module: 'main.mjs' }));
  await writeFile(join(folder, 'main.cjs'), "exports.used = () => 1; exports.unused = () => 'left out';");
  await writeFile(join(folder, 'main.mjs'), "export const used = () => 1; export const unused = () => 'left out';");
  const bundle = await bundled('six', "import { used } from 'two-builds';\nexport const handler = () => used();");
  expect(await checkBundle(root, bundle)).toEqual([]);
  expect(await readFile(join(root, bundle.entry.bundle), 'utf8')).not.toContain('left out');
});

test('a bundle over the limit is refused', async () => {
  const bundle = await bundled('four', 'export const handler = () => 1;');
  expect(await checkBundle(root, { ...bundle, bytes: BUNDLE_LIMIT })).toEqual([]);
  const bytes = BUNDLE_LIMIT + 1;
  expect((await checkBundle(root, { ...bundle, bytes })).join()).toContain(`${bytes} bytes`);
  expect(await checkBundle(root, { ...bundle, bytes, sdkBytes: SDK_LIMIT })).toEqual([]);
  const sdkBytes = SDK_LIMIT + 1;
  expect((await checkBundle(root, { ...bundle, bytes, sdkBytes })).join()).toContain(`${sdkBytes} bytes of the SDK`);
});

test('AWS’s SDK is in the bundle, in the version that was tested, and is counted apart', async () => {
  const folder = join(root, 'node_modules/@aws-sdk/client-sfn');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ main: 'main.mjs', type: 'module' }));
  await writeFile(join(folder, 'main.mjs'), `export const sent = '${'x'.repeat(5_000)}';`);
  const bundle = await bundled(
    'seven',
    "import { sent } from '@aws-sdk/client-sfn';\nexport const handler = () => sent;",
  );
  expect(await checkBundle(root, bundle)).toEqual([]);
  expect(bundle.sdkBytes).toBeGreaterThan(5_000);
  expect(bundle.bytes - bundle.sdkBytes).toBeLessThan(1_000);
});

test('a bundle that leaves a package to the runtime is refused', async () => {
  const bundle = await bundled('eight', 'export const handler = () => 1;');
  expect(await checkBundle(root, { ...bundle, outside: ['@aws-sdk/client-sfn'] })).toEqual([
    'leaves @aws-sdk/client-sfn to the runtime',
  ]);
});

test('a function that packages another file is refused', async () => {
  const bundle = await bundled('five', 'export const handler = () => 1;');
  const other = { ...bundle, entry: { ...bundle.entry, packaged: 'dist/functions/a/six.mjs' } };
  expect((await checkBundle(root, other)).join()).toContain('packages dist/functions/a/six.mjs');
});

test('what a handler imports on demand is beside it, in the package and outside of its size', async () => {
  await writeFile(join(root, 'functions/a/rare.ts'), `export const rare = '${'x'.repeat(5_000)}';`);
  await writeFile(
    join(root, 'functions/a/parted.ts'),
    "export const handler = async () => (await import('./rare.ts')).rare;",
  );
  const parted = { ...entry('parted'), packaged: 'dist/functions/a/parted{.mjs,.parts/*.mjs}' };
  const [bundle] = await bundleHandlers(root, [parted]);
  if (bundle === undefined) throw new Error('nothing was bundled');
  expect(await checkBundle(root, bundle)).toEqual([]);
  expect(bundle.inputs).toContain('functions/a/rare.ts');
  expect(bundle.bytes).toBeLessThan(5_000);
  expect(await readdir(join(root, 'dist/functions/a/parted.parts'))).toContainEqual(
    expect.stringMatching(/^rare-.*mjs$/),
  );
});
