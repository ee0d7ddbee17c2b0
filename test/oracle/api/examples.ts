import type { Verdict } from '../part.ts';
import { ROWS, rowOf } from './differences.ts';
import { newGame, type Played, type Sides } from './play.ts';
import { printFailure } from './report.ts';
import type { Row } from './rows/conditions.ts';

const play = async (sides: Sides, { example }: Row): Promise<readonly Played[]> => {
  const game = await newGame(sides);
  const played: Played[] = [];
  for (const [index, draft] of example.entries()) {
    const step = { number: index + 1, query: [], body: undefined, as: 'member', after: 'settle', ...draft } as const;
    played.push(await game.play(step));
  }
  return played;
};

/** What is wrong with a row whose example was played; null when nothing is. */
const faultOf = ({ id, covers }: Row, played: readonly Played[]): string | null => {
  const last = played.at(-1);
  const early = played.slice(0, -1).find(({ differences }) => differences.length > 0);
  if (early !== undefined) return `row ${id}: request ${early.step.number} of its example differs, before the last one`;
  if (last === undefined || !last.differences.some((one) => covers(one, last)))
    return `row ${id}: its example does not show the difference any more`;
  const other = last.differences.find((one) => rowOf(one, last) === null);
  return other === undefined ? null : `row ${id}: its example differs in ${other.at}, too`;
};

/** Plays each row's example: a row that has none any more excuses what could come back unseen. */
export const playExamples = async (sides: Sides): Promise<Verdict> => {
  const verdict = { passed: 0, failed: 0 };
  for (const row of ROWS) {
    const played = await play(sides, row);
    const fault = faultOf(row, played);
    verdict[fault === null ? 'passed' : 'failed'] += 1;
    if (fault !== null) printFailure(fault, 1, played);
  }
  return verdict;
};
