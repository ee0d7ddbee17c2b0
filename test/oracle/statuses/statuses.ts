import * as z from 'zod';
import { type Answering, askPython } from '../ask-python.ts';
import { failUnused, judgeAll, sumOf } from '../judge.ts';
import { FIXED_SEED, type Part, type Verdict } from '../part.ts';
import { shownTree } from '../render/report.ts';
import { type StatusCase, statusCase } from './cases.ts';
import { type Moment, STATUS_ROWS, type StatusDifference, statusRowOf } from './differences.ts';
import type { Heartbeat } from './heartbeats.ts';
import { findHeartbeat, setStatuses } from './ours.ts';

const PROGRAM = new URL('upstream.py', import.meta.url).pathname;
/** Cases of up to four heartbeats for one seed. */
const CASES = 130;

const reading = z.object({ statuses: z.record(z.string(), z.string()), alive: z.boolean() });
const answer = z.union([z.object({ heartbeats: z.array(reading) }), z.object({ error: z.string() })]);
type Reading = z.infer<typeof reading>;

const differencesIn = (ours: Reading, upstream: Reading): readonly StatusDifference[] => {
  const all = ({ statuses, alive }: Reading) =>
    new Map([...Object.entries(statuses), ['alive', String(alive)] as const]);
  const [mine, theirs] = [all(ours), all(upstream)];
  return [...theirs].flatMap(([subject, status]) => {
    const own = mine.get(subject) ?? 'nothing';
    return own === status ? [] : [{ subject, ours: own, upstream: status }];
  });
};

const told = (heartbeat: Heartbeat, { subject, ours, upstream }: StatusDifference): string =>
  `  after heartbeat ${heartbeat.seq}: ${subject}\n    ours     ${ours}\n    upstream ${upstream}`;

const judgeWith =
  (upstream: Answering<z.infer<typeof answer>>, used: Set<string>) =>
  async (asked: StatusCase): Promise<readonly string[]> => {
    const answered = await upstream.ask(asked);
    if ('error' in answered) return [`upstream fails: ${answered.error}`];
    const latest = new Map<string, Heartbeat>();
    const problems: string[] = [];
    let { tree } = asked;
    for (const [index, theirs] of answered.heartbeats.entries()) {
      const heartbeat = asked.heartbeats[index];
      if (heartbeat === undefined) throw new Error('upstream answers a heartbeat that was not asked about');
      const read = findHeartbeat(tree, heartbeat, latest);
      const moment: Moment = { tree, heartbeat, read };
      for (const difference of differencesIn(read.reading, theirs)) {
        const row = statusRowOf(difference, moment);
        if (row === null) problems.push(told(heartbeat, difference));
        else used.add(row.id);
      }
      // Each heartbeat is judged by itself: from here on both have upstream's statuses.
      tree = setStatuses(tree, theirs.statuses);
      if (read.ignored === null) latest.set(heartbeat.id, heartbeat);
    }
    return problems;
  };

const show = ({ tree, heartbeats }: StatusCase): string =>
  [shownTree(tree), ...heartbeats.map((heartbeat) => `  heartbeat ${JSON.stringify(heartbeat)}`)].join('\n');

/** Random heartbeats about random load balancers, read by upstream's health manager and by ours. */
export const statuses: Part = async ({ python, seed, pairs }) => {
  const upstream = askPython(python, PROGRAM, answer);
  const used = new Set<string>();
  const verdicts: Verdict[] = [];
  try {
    const judge = judgeWith(upstream, used);
    verdicts.push(await judgeAll({ name: 'heartbeats', cases: statusCase, count: pairs ?? CASES, seed, judge, show }));
  } finally {
    await upstream.stop();
  }
  const ids = STATUS_ROWS.map(({ id }) => id);
  if (seed === FIXED_SEED && pairs === undefined) verdicts.push(failUnused(ids, used));
  return sumOf(verdicts);
};
