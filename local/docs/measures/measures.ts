import { dirname, resolve } from 'node:path';
import { allSentences, isPrivate } from './prose.ts';
import { folderKnots, importers, sourcesBelow } from './sources.ts';

/*
 * Prints how large and how tangled the product's code is, and how plain its English: `npm run measures`.
 */

const LARGE_FILE_LINES = 400;
const SMALL_FILE_LINES = 25;

const root = resolve(import.meta.dirname, '../../..');
const product = sourcesBelow(root, ['lib', 'functions']);
const used = importers(sourcesBelow(root, ['lib', 'functions', 'cli', 'local', 'bench', 'test']));
const large = product.filter(({ lines }) => lines > LARGE_FILE_LINES);
const small = product.filter(({ path, lines }) => lines <= SMALL_FILE_LINES && used.get(path) === 1);
const lines = product.map((source) => source.lines).sort((one, other) => one - other);
const folders = Map.groupBy(product, ({ path }) => dirname(path));
const [biggest] = [...folders].sort(([, one], [, other]) => other.length - one.length);

const row = (name: string, value: string | number): void => console.log(`${name.padEnd(52)}${value}`);
const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(2)} % of ${whole}`;

row(
  'lib and functions: lines',
  lines.reduce((sum, one) => sum + one, 0),
);
row('lib and functions: files', product.length);
row('functions/api: files', product.filter(({ path }) => path.startsWith('functions/api/')).length);
row('median file: lines', lines[Math.floor(lines.length / 2)] ?? 0);
row(`files over ${LARGE_FILE_LINES} lines`, large.map(({ path }) => path).join(', ') || 0);
row(`files of at most ${SMALL_FILE_LINES} lines with one importer`, small.length);
row('biggest folder: files', biggest ? `${biggest[1].length} (${biggest[0]})` : 0);
for (const room of ['lib', 'functions/api']) {
  const knots = folderKnots(product, room);
  row(`${room}: folders that import each other in a circle`, knots.map((knot) => knot.length).join(' + ') || 0);
  for (const knot of knots) console.log(`  ${knot.join(' ')}`);
}
const all = allSentences(root);
for (const kind of ['docs', 'comments', 'test names'] as const) {
  const ofKind = all.filter((sentence) => sentence.kind === kind);
  row(
    `${kind}: sentences in private English`,
    percent(ofKind.filter(({ text }) => isPrivate(text)).length, ofKind.length),
  );
}
