import type { Played, Step } from './play.ts';
import type { Players } from './players.ts';

/** Trials for one failure; the first ones bring most. */
const MOST_TRIALS = 80;

type Fails = (played: Played) => boolean;

/** Steps that make what the last one needs. */
const needed = (steps: readonly Step[]): readonly Step[] => {
  const last = steps.at(-1);
  if (last === undefined) return steps;
  const wanted = new Set<string>();
  const kept: Step[] = [];
  for (const step of steps.toReversed()) {
    if (step !== last && !wanted.has(String(step.number))) continue;
    kept.push(step);
    for (const [, number] of JSON.stringify(step).matchAll(/«(?:members of )?(\d+)/g)) wanted.add(number ?? '');
  }
  return kept.toReversed();
};

/** Smaller values, biggest step first. */
function* smaller(value: unknown): Iterable<unknown> {
  if (Array.isArray(value)) {
    for (const index of value.keys()) yield value.toSpliced(index, 1);
    for (const [index, each] of value.entries()) for (const less of smaller(each)) yield value.with(index, less);
  } else if (typeof value === 'object' && value !== null) {
    for (const name of Object.keys(value)) {
      yield Object.fromEntries(Object.entries(value).filter(([other]) => other !== name));
    }
    for (const [name, each] of Object.entries(value))
      for (const less of smaller(each)) yield { ...value, [name]: less };
  }
}

/** Steps with one thing less. */
function* lesser(steps: readonly Step[]): Iterable<readonly Step[]> {
  for (let index = steps.length - 2; index >= 0; index -= 1) yield steps.toSpliced(index, 1);
  for (const [index, step] of steps.entries()) {
    if (step.after !== 'settle') yield steps.with(index, { ...step, after: 'settle' });
    for (const query of smaller(step.query)) {
      if (Array.isArray(query) && query.every((each) => Array.isArray(each) && each.length === 2)) {
        yield steps.with(index, { ...step, query });
      }
    }
  }
  for (const [index, step] of steps.entries()) {
    for (const body of smaller(step.body)) {
      if (typeof body === 'object' && body !== null && Object.keys(body).length > 0) {
        yield steps.with(index, { ...step, body });
      }
    }
  }
}

/**
 * The least steps found whose last one fails in the same way, as they were played.
 * @param deadline in milliseconds of `performance.now()`, after which no more is tried
 */
export const shrink = async (
  players: Players,
  steps: readonly Step[],
  fails: Fails,
  deadline: number,
): Promise<readonly Played[]> => {
  let trials = 0;
  const attempt = async (candidate: readonly Step[]): Promise<readonly Played[] | null> => {
    trials += 1;
    const played = await players.play({ steps: candidate });
    const last = played.at(-1);
    return last !== undefined && fails(last) ? played : null;
  };
  let best = (await attempt(needed(steps))) ?? (await attempt(steps)) ?? [];
  for (let improved = true; improved; ) {
    improved = false;
    for (const candidate of lesser(best.map(({ step }) => step))) {
      if (trials >= MOST_TRIALS || performance.now() > deadline) break;
      const played = await attempt(candidate);
      if (played === null) continue;
      best = played;
      improved = true;
      break;
    }
  }
  return best;
};
