/**
 * Times the operations of any Octavia API on a real cloud: `npm run bench:cloud -- --url URL [STAGE...]`; compares two
 * results: `npm run bench:cloud -- --compare a.json b.json`. Exit code 1: a stage failed.
 */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { benchFacts } from './cloud/facts.ts';
import { measureCloud } from './cloud/measure.ts';
import { type CompareOptions, type MeasureOptions, readCloudOptions, usage } from './cloud/options.ts';
import { comparisonLines, readResults, resultLines } from './cloud/results.ts';

const compare = async ({ files }: CompareOptions): Promise<void> => {
  const [first, second] = files;
  const read = async (file: string) =>
    [basename(file, '.json'), readResults(JSON.parse(await readFile(file, 'utf8')))] as const;
  for (const line of comparisonLines(await read(first), await read(second))) console.log(line);
};

const measure = async (options: MeasureOptions): Promise<void> => {
  const say = (line: string): void => (options.json ? console.error(line) : console.log(line));
  const results = await measureCloud(options, benchFacts(process.env), say);
  if (options.json) console.log(JSON.stringify(results, null, 1));
  else for (const line of ['', ...resultLines(results)]) console.log(line);
  if (Object.keys(results).some((name) => name.startsWith('FAILED '))) process.exitCode = 1;
};

try {
  const options = readCloudOptions(process.argv.slice(2));
  if (options === null) console.log(usage);
  else if (options.kind === 'compare') await compare(options);
  else await measure(options);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
