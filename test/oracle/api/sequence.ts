import { rowOf } from './differences.ts';
import { Generator } from './generate/steps.ts';
import { newGame, type Played, type Sides, type Step } from './play.ts';

const LENGTH = 60;

/** From here on one may have what the other has not: what crashes upstream may have left something. */
const isApart = (played: Played): boolean => {
  const { step, ours, upstream, differences } = played;
  if (step.method === 'GET') return false;
  if (ours.status >= 300 && upstream.status >= 300) return upstream.status >= 500;
  return differences.some((one) => rowOf(one, played)?.passing !== true);
};

/** What is played from empty tables on: these steps, or random ones until the sides are apart. */
export type Script = { readonly steps: readonly Step[] } | { readonly seed: number };

export const playScript = async (sides: Sides, script: Script): Promise<readonly Played[]> => {
  const game = await newGame(sides);
  const played: Played[] = [];
  if ('steps' in script) {
    for (const step of script.steps) played.push(await game.play(step));
    return played;
  }
  const generator = new Generator(script.seed);
  while (played.length < LENGTH) {
    const one = await game.play(generator.next());
    generator.model.learn(one);
    played.push(one);
    if (isApart(one)) break;
  }
  return played;
};
