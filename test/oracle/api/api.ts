import type { Part } from '../part.ts';
import { Coverage } from './coverage.ts';
import { rowOf } from './differences.ts';
import { playExamples } from './examples.ts';
import type { Played, Step } from './play.ts';
import { type Players, startPlayers } from './players.ts';
import { printFailure } from './report.ts';
import { shrink } from './shrink.ts';

/** A fixed seed whose pairs are all explained, so that each finding is the change's. */
export const EXPLAINED_SEED = 4242;
const EXPLAINED_PAIRS = 5_000;
const NEW_PAIRS = 500;
/** Sequences in play or waiting: more than there are threads, since one may be long. */
const AHEAD = 4;
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

  /** @returns false when something in the sequence is not explained */
  add(sequence: readonly Played[]): boolean {
    return sequence.map((played, index) => this.#addOne(sequence.slice(0, index + 1), played)).every(Boolean);
  }

  #addOne(upTo: readonly Played[], played: Played): boolean {
    this.coverage.add(played);
    const unexplained = played.differences.filter((difference) => {
      const row = rowOf(difference, played);
      if (row !== null) this.rows.set(row.id, (this.rows.get(row.id) ?? 0) + 1);
      return row === null;
    });
    if (unexplained.length === 0) return true;
    const signature = signatureOf(played);
    const known = this.failures.get(signature);
    if (known !== undefined) known.count += 1;
    else this.failures.set(signature, { steps: upTo.map(({ step }) => step), played, count: 1 });
    return false;
  }
}

const report = async (players: Players, { failures, coverage, rows }: Findings): Promise<void> => {
  const deadline = performance.now() + SHRINK_MS;
  for (const [signature, { steps, count, played }] of failures) {
    const same = (one: Played) => signatureOf(one) === signature;
    const least = performance.now() < deadline ? await shrink(players, steps, same, deadline) : [played];
    printFailure(signature, count, least);
  }
  const differences = [...rows].map(([id, count]) => `${id} ${count}`).join(', ') || 'none';
  console.log(`\n${coverage.lines().join('\n')}\n\n${coverage.pairs} pairs; deliberate differences: ${differences}`);
};

/** Random sequences until there are that many pairs; which ones depends on the seed alone. */
async function* sequences(players: Players, seed: number, findings: Findings, pairs: number) {
  const ahead: Promise<readonly Played[]>[] = [];
  for (let started = 0; findings.coverage.pairs < pairs; ) {
    for (; ahead.length < AHEAD; started += 1) ahead.push(players.play({ seed: seed * 10_007 + started }));
    yield (await ahead.shift()) ?? [];
  }
  await Promise.all(ahead);
}

/** Examples (with the fixed seed) and random sequences of requests, put to upstream's API and to ours. */
export const api: Part = async ({ python, seed, pairs = seed === EXPLAINED_SEED ? EXPLAINED_PAIRS : NEW_PAIRS }) => {
  const players = startPlayers(python);
  const findings = new Findings();
  try {
    const verdict = seed === EXPLAINED_SEED ? { ...(await playExamples(players)) } : { passed: 0, failed: 0 };
    for await (const sequence of sequences(players, seed, findings, pairs))
      verdict[findings.add(sequence) ? 'passed' : 'failed'] += 1;
    await report(players, findings);
    return verdict;
  } finally {
    await players.stop();
  }
};
