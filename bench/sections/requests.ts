import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as z from 'zod';
import { atMost, type Figure, figure } from '../report/figure.ts';
import { quantile } from '../report/statistics.ts';
import type { Section } from './section.ts';

const SIZES = [10, 10_000] as const;
/** Shares of a request may differ: a transaction met another, or a page of a query ended elsewhere. */
const TOLERANCE = 1.05;

const use = z.object({ ms: z.number(), requests: z.number(), readUnits: z.number() });
const measurements = z.array(z.object({ size: z.number(), uses: z.record(z.string(), z.array(use)) }));
type Uses = readonly z.infer<typeof use>[];

const run = promisify(execFile);

const measureAlone = async (environment: Readonly<Record<string, string | undefined>>) => {
  const args = ['local/bin/run.mjs', 'bench/local/requests-alone.ts', ...SIZES.map(String)];
  const { stdout } = await run(process.execPath, args, { env: environment, maxBuffer: 64 * 1024 * 1024 });
  return measurements.parse(JSON.parse(stdout.slice(stdout.indexOf('['))));
};

const average = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
const requestsOf = (uses: Uses): number => average(uses.map(({ requests: count }) => count));
const unitsOf = (uses: Uses): number => average(uses.map(({ readUnits }) => readUnits));

const figuresOf = (name: string, uses: Uses, size: number): Figure => {
  const times = uses.map(({ ms }) => ms);
  const asked = `${requestsOf(uses).toFixed(1)} requests to the table, ${unitsOf(uses).toFixed(1)} read units`;
  const note = `p95 ${quantile(times, 0.95).toFixed(1)} ms; ${asked}`;
  return figure(`${name}, p50 with ${size}`, quantile(times, 0.5), 'ms', { note });
};

/** One of a name may stand anywhere. */
const grows = (name: string): boolean => name.includes('by its name');

/** What each request costs, with few and with many load balancers in the table: the same, apart from lists. */
export const requests: Section = {
  name: 'requests',
  about: `each request of the API with ${SIZES.join(' and with ')} load balancers in the table, without Keystone, Neutron and flows`,
  run: async ({ environment }, note) => {
    const [few, many] = await measureAlone(environment);
    if (few === undefined || many === undefined) throw new Error('two sizes were expected');
    const dearer: string[] = [];
    for (const [name, uses] of Object.entries(few.uses)) {
      const later = many.uses[name] ?? [];
      note(figuresOf(name, uses, few.size), figuresOf(name, later, many.size));
      const isDearer = requestsOf(later) > requestsOf(uses) * TOLERANCE || unitsOf(later) > unitsOf(uses) * TOLERANCE;
      if (isDearer && !grows(name)) dearer.push(name);
    }
    note(
      figure('requests that ask more of a large table', dearer.length, 'kinds', {
        target: atMost(0),
        note: dearer.join(', '),
      }),
    );
  },
};
