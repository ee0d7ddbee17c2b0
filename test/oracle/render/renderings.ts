import type * as fc from 'fast-check';
import * as z from 'zod';
import { HAPROXY, openBench } from '../../fixtures/render/haproxy-process.ts';
import { type Answering, askPython } from '../ask-python.ts';
import { failUnused, type Judging, judgeAll, sumOf } from '../judge.ts';
import { FIXED_SEED, type Part, type Verdict } from '../part.ts';
import { differencesOf, renderOurs } from './compare.ts';
import { ROWS, rowOf } from './differences.ts';
import { shownCase, shownDifference } from './report.ts';
import { asHaproxyInput, type Case, haproxyCase, lvsCase, vrrpCase } from './trees/cases.ts';

const PROGRAM = new URL('upstream.py', import.meta.url).pathname;
/** Trees of each kind for one seed; `--pairs` sets all of them. */
const TREES: Readonly<Record<Case['kind'], number>> = { haproxy: 300, lvs: 200, vrrp: 75 };
const ARBITRARIES: Readonly<Record<Case['kind'], fc.Arbitrary<Case>>> = {
  haproxy: haproxyCase,
  lvs: lvsCase,
  vrrp: vrrpCase,
};
/** Configurations that haproxy itself reads for one seed. */
const READ_BACK = 60;

const answer = z.union([z.object({ text: z.string().nullable() }), z.object({ error: z.string() })]);

const againstUpstream =
  (upstream: Answering<z.infer<typeof answer>>, used: Set<string>): Judging<Case>['judge'] =>
  async (asked) => {
    const answered = await upstream.ask(asked);
    if ('error' in answered) return [`upstream fails: ${answered.error}`];
    // Upstream has its agent remove haproxy where no listener of it is left, and so does the driver here.
    if (answered.text === null) return [];
    return differencesOf(asked, renderOurs(asked), answered.text).flatMap((difference) => {
      const row = rowOf(difference, asked);
      if (row === null) return [shownDifference(difference)];
      used.add(row.id);
      return [];
    });
  };

/** haproxy reads our configurations. */
const readBack = async (seed: number, count: number): Promise<Verdict> => {
  if (HAPROXY === null) return { passed: 0, failed: 0 };
  const bench = await openBench();
  // haproxy 2.2 and newer speak TLS 1.2 and 1.3, and refuse an address that may speak neither.
  const isSpoken = (versions: readonly string[] | null) =>
    versions === null || versions.length === 0 || versions.includes('TLSv1.2') || versions.includes('TLSv1.3');
  const cases = haproxyCase
    .map((one) => ({ ...one, haproxyVersion: '2.6.12' }))
    .filter(({ tree }) => [...tree.listeners, ...tree.pools].every(({ tls_versions }) => isSpoken(tls_versions)));
  const judge = async (asked: Case) => {
    const complaint = await bench.check(await bench.write('checked', asHaproxyInput(asked)));
    return complaint === '' ? [] : [complaint];
  };
  try {
    return await judgeAll({ name: 'read by haproxy', cases, count, seed, judge, show: shownCase });
  } finally {
    await bench.close();
  }
};

const compareAll = async (python: string, seed: number, pairs: number | undefined): Promise<Verdict> => {
  const upstream = askPython(python, PROGRAM, answer);
  const used = new Set<string>();
  const judge = againstUpstream(upstream, used);
  const verdicts: Verdict[] = [];
  try {
    for (const kind of ['haproxy', 'lvs', 'vrrp'] as const) {
      const count = pairs ?? TREES[kind];
      verdicts.push(await judgeAll({ name: kind, cases: ARBITRARIES[kind], count, seed, judge, show: shownCase }));
    }
  } finally {
    await upstream.stop();
  }
  const ids = Object.values(ROWS).flatMap((rows) => rows.map(({ id }) => id));
  if (seed === FIXED_SEED && pairs === undefined) verdicts.push(failUnused(ids, used));
  return sumOf(verdicts);
};

/** Random trees, rendered with upstream's templates and ours, compared by what the texts mean. */
export const renderings: Part = async ({ python, seed, pairs }) =>
  sumOf(await Promise.all([compareAll(python, seed, pairs), readBack(seed, pairs ?? READ_BACK)]));
