/**
 * Measures the local stack: `npm run bench [-- --json] [--only NAME...]`.
 * A missed target is printed and nothing more; exit code 1 means that something could not be measured.
 */
import { availableParallelism, loadavg } from 'node:os';
import { readOptions, usage } from './options.ts';
import type { Figure } from './report/figure.ts';
import { verdictOf } from './report/figure.ts';
import { table } from './report/table.ts';

process.env.LOG_LEVEL = 'SILENT';

// The logger reads its level when it is first imported.
const [{ sections }, { openSite }] = await Promise.all([import('./sections/sections.ts'), import('./local/site.ts')]);

const names = sections.map(({ name }) => name);
const options = (() => {
  try {
    return readOptions(process.argv.slice(2), names);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
})();
if (options === null) {
  console.log(usage(names));
  process.exit(0);
}

const load = (): string => `load average ${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} processors`;
const { json } = options;
const say = (line: string): void => (json ? console.error(line) : console.log(line));
const results: Record<string, readonly Figure[]> = {};
say(`${load()}, Node ${process.version}\n`);
const site = await openSite();
try {
  for (const { name, about, run } of sections.filter((section) => options.only.includes(section.name))) {
    say(`${name}: ${about}`);
    const figures: Figure[] = [];
    try {
      await run(site, (...more) => figures.push(...more));
    } catch (error) {
      console.error(error);
      process.exitCode = 1;
    }
    results[name] = figures;
    for (const line of table(figures)) say(`  ${line}`);
    say(`  ${load()}\n`);
  }
} finally {
  await site.stop();
}
if (json) {
  const judged = Object.entries(results).map(([name, figures]) => [
    name,
    figures.map((one) => ({ ...one, verdict: verdictOf(one) })),
  ]);
  console.log(JSON.stringify(Object.fromEntries(judged), null, 2));
}
process.exit();
