import type { Part } from '../part.ts';
import { Coverage } from './coverage.ts';
import { rowOf } from './differences.ts';
import { playExamples } from './examples.ts';
import { Generator } from './generate/steps.ts';
import { startOurs } from './our-side.ts';
import { newGame, type Played, type Sides, type Step } from './play.ts';
import { printFailure } from './report.ts';
import { shrink } from './shrink.ts';
import { startUpstream } from './upstream-side.ts';

const PAIRS = 800;
/** A fixed seed whose pairs are all explained. Of other seeds' pairs about one in 400 is not yet. */
export const EXPLAINED_SEED = 4242;
const LENGTH = 60;
/** All the shrinking of a run, in milliseconds. */
const SHRINK_MS = 60_000;

/** What makes two failures the same one. */
const signatureOf = (played: Played): string => {
  const told = played.differences
    .filter((one) => rowOf(one, played) === null)
    .map(({ at, ours, upstream }) =>
      at === 'status' ? `${String(ours).slice(0, 3)}/${String(upstream).slice(0, 3)}` : at,
    );
  const route = played.step.path.replace(/«[^»]*»|[0-9a-f-]{32,36}/g, '{id}');
  return `${played.step.method} ${route} ${[...new Set(told)].join(', ')}`;
};

interface Failure {
  /** Up to the one that failed. */
  readonly steps: readonly Step[];
  readonly played: Played;
  count: number;
}

/** What a run has found. */
class Findings {
  readonly coverage = new Coverage();
  readonly failures = new Map<string, Failure>();
  readonly rows = new Map<string, number>();

  /** @returns false when something is not explained */
  add(steps: readonly Step[], played: Played): boolean {
    this.coverage.add(played);
    const unexplained = played.differences.filter((difference) => {
      const row = rowOf(difference, played);
      if (row !== null) this.rows.set(row.id, (this.rows.get(row.id) ?? 0) + 1);
      return row === null;
    });
    if (unexplained.length === 0) return true;
    const signature = signatureOf(played);
    const known = this.failures.get(signature);
    if (known === undefined) this.failures.set(signature, { steps: [...steps], played, count: 1 });
    else known.count += 1;
    return false;
  }
}

/** From here on one may have what the other has not: what crashes upstream may have left something. */
const isApart = (played: Played): boolean => {
  const { step, ours, upstream, differences } = played;
  if (step.method === 'GET') return false;
  if (ours.status >= 300 && upstream.status >= 300) return upstream.status >= 500;
  return differences.some((one) => rowOf(one, played)?.passing !== true);
};

/** One sequence from empty tables on. @returns false when something in it is not explained */
const playSequence = async (sides: Sides, seed: number, findings: Findings): Promise<boolean> => {
  const generator = new Generator(seed);
  const game = await newGame(sides);
  const steps: Step[] = [];
  let agrees = true;
  while (steps.length < LENGTH) {
    steps.push(generator.next());
    const played = await game.play(steps[steps.length - 1] as Step);
    generator.model.learn(played);
    if (!findings.add(steps, played)) agrees = false;
    if (isApart(played)) break;
  }
  return agrees;
};

const report = async (sides: Sides, { failures, coverage, rows }: Findings): Promise<void> => {
  const deadline = performance.now() + SHRINK_MS;
  for (const [signature, { steps, count, played }] of failures) {
    const same = (one: Played) => signatureOf(one) === signature;
    printFailure(
      signature,
      count,
      performance.now() < deadline ? await shrink(sides, steps, same, deadline) : [played],
    );
  }
  const differences = [...rows].map(([id, count]) => `${id} ${count}`).join(', ') || 'none';
  console.log(`\n${coverage.lines().join('\n')}\n\n${coverage.pairs} pairs; deliberate differences: ${differences}`);
};

/** Each row's example, and random sequences of requests, put to upstream's API and to ours. */
export const api: Part = async ({ python, seed, pairs = PAIRS }) => {
  const [ours, upstream] = await Promise.all([startOurs(), startUpstream(python)]);
  const findings = new Findings();
  try {
    const verdict = { ...(await playExamples({ ours, upstream })) };
    for (let sequence = 0; findings.coverage.pairs < pairs; sequence += 1) {
      const agrees = await playSequence({ ours, upstream }, seed * 10_007 + sequence, findings);
      verdict[agrees ? 'passed' : 'failed'] += 1;
    }
    await report({ ours, upstream }, findings);
    return verdict;
  } finally {
    await Promise.all([ours.stop(), upstream.stop()]);
  }
};
