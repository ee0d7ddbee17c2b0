import type { Verdict } from '../part.ts';
import { ROWS, rowOf } from './differences.ts';
import type { Draft } from './generate/steps.ts';
import { MENDED } from './mended.ts';
import type { Played, Step } from './play.ts';
import type { Players } from './players.ts';
import { printFailure } from './report.ts';
import type { Row } from './rows/conditions.ts';

const stepsOf = (requests: readonly Draft[]): readonly Step[] =>
  requests.map((draft, index) => ({
    number: index + 1,
    query: [],
    body: undefined,
    as: 'member',
    after: 'settle',
    ...draft,
  }));

const differing = (played: readonly Played[]): Played | undefined =>
  played.find(({ differences }) => differences.length > 0);

/** What is wrong with a row whose example was played; null when nothing is. */
const faultOf = ({ id, covers }: Row, played: readonly Played[]): string | null => {
  const last = played.at(-1);
  const early = differing(played.slice(0, -1));
  if (early !== undefined) return `row ${id}: request ${early.step.number} of its example differs, before the last one`;
  if (last === undefined || !last.differences.some((one) => covers(one, last)))
    return `row ${id}: its example does not show the difference any more`;
  const other = last.differences.find((one) => rowOf(one, last) === null);
  return other === undefined ? null : `row ${id}: its example differs in ${other.at}, too`;
};

/** Plays each row's example, since a row that has none any more excuses what could come back unseen; and what was mended. */
export const playExamples = async (players: Players): Promise<Verdict> => {
  const verdict = { passed: 0, failed: 0 };
  const play = async (requests: readonly Draft[], faultIn: (played: readonly Played[]) => string | null) => {
    const played = await players.play({ steps: stepsOf(requests) });
    const fault = faultIn(played);
    verdict[fault === null ? 'passed' : 'failed'] += 1;
    if (fault !== null) printFailure(fault, 1, played);
  };
  await Promise.all([
    ...ROWS.map((row) => play(row.example, (played) => faultOf(row, played))),
    ...Object.entries(MENDED).map(([fact, requests]) =>
      play(requests, (played) => (differing(played) === undefined ? null : `mended: ${fact}`)),
    ),
  ]);
  return verdict;
};
