/**
 * Upstream's Octavia as the judge: `npm run test:oracle -- [part...] [--seed N] [--pairs N] [--report-new]`. Without a
 * seed each part runs twice, with a fixed one and a new one. What differs is printed with its seed; with `--report-new`
 * what the new seed finds in the API is printed and not counted. Where Python or upstream's packages are missing, the
 * suite is skipped. The last line is `N passed, N failed[, N skipped]`.
 */
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { api, EXPLAINED_SEED } from './api/api.ts';
import { FIXED_SEED, type Part, type Verdict } from './part.ts';
import { renderings } from './render/renderings.ts';
import { statuses } from './statuses/statuses.ts';
import { prepareUpstream } from './upstream.ts';

/** In the order they run. */
const PARTS: Readonly<Record<string, Part>> = { renderings, statuses, api };

const number = z.coerce.number().int().nonnegative().optional();
const { values, positionals } = parseArgs({
  options: { seed: { type: 'string' }, pairs: { type: 'string' }, 'report-new': { type: 'boolean', default: false } },
  allowPositionals: true,
});
const { seed: asked, pairs } = z.object({ seed: number, pairs: number }).parse(values);
const unknown = positionals.filter((name) => !Object.hasOwn(PARTS, name));
if (unknown.length > 0) throw new Error(`there is no part ${unknown}; there are ${Object.keys(PARTS).join(', ')}`);
const chosen = Object.entries(PARTS).filter(([name]) => positionals.length === 0 || positionals.includes(name));
const newSeed = randomInt(2 ** 31);
const fixedSeedOf = (part: Part): number => (part === api ? EXPLAINED_SEED : FIXED_SEED);

const ask = async (python: string): Promise<readonly Verdict[]> => {
  const verdicts: Verdict[] = [];
  for (const [name, part] of chosen) {
    for (const seed of asked === undefined ? [fixedSeedOf(part), newSeed] : [asked]) {
      const began = performance.now();
      const verdict = await part({ python, seed, pairs });
      const counts = !values['report-new'] || part !== api || seed === EXPLAINED_SEED;
      verdicts.push(counts ? verdict : { ...verdict, failed: 0 });
      const again = `npm run test:oracle -- ${name} --seed ${seed}${pairs === undefined ? '' : ` --pairs ${pairs}`}`;
      const seconds = ((performance.now() - began) / 1000).toFixed(0);
      const failed = `${verdict.failed} failed${counts ? '' : ' (not counted)'}`;
      console.log(`${name}: ${verdict.passed} passed, ${failed} in ${seconds} s; again: ${again}`);
    }
  }
  return verdicts;
};

const upstream = await prepareUpstream();
if (upstream.missing !== null) {
  console.log(`skipped: ${upstream.missing}; when it is there: npm run test:oracle`);
  console.log(`0 passed, 0 failed, ${chosen.length} skipped`);
} else {
  const verdicts = await ask(join(upstream.bin, 'python'));
  const passed = verdicts.reduce((sum, verdict) => sum + verdict.passed, 0);
  const failed = verdicts.reduce((sum, verdict) => sum + verdict.failed, 0);
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 && passed > 0 ? 0 : 1);
}
