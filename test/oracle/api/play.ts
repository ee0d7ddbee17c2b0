import { type Difference, differencesOf } from './compare.ts';
import { type Answer, bodyOf, type Side } from './side.ts';
import { learn, learnCreated, reference, Symbols } from './symbols.ts';
import type { Identity } from './world.ts';

/** What the worker does after a request: it ends all that is PENDING, it fails in this one, or it has not come yet. */
export type After = 'settle' | 'fail' | 'hold';

/** One request; path, query and body may refer to what an earlier one has made, as «number» and «number|name». */
export interface Step {
  readonly number: number;
  readonly method: string;
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  readonly as: Identity;
  /** undefined for none; a string is sent as it is. */
  readonly body: unknown;
  readonly after: After;
}

export interface Played {
  readonly step: Step;
  /** With names instead of what each side has chosen. */
  readonly ours: Answer;
  readonly upstream: Answer;
  readonly differences: readonly Difference[];
}

interface Player {
  readonly side: Side;
  readonly symbols: Symbols;
  /** Something is PENDING. */
  pending: boolean;
}

const isWrite = ({ method }: Step): boolean => method !== 'GET' && method !== 'HEAD';

/** The text of a query, each word encoded. */
export const queryText = (query: Step['query']): string =>
  query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');

/** The text of a body. */
export const bodyText = ({ body }: Pick<Step, 'body'>): string => {
  if (body === undefined) return '';
  return typeof body === 'string' ? body : JSON.stringify(body);
};

const MEMBERS = /\/pools\/«([^»]+)»\/members$/;

const learnFrom = (symbols: Symbols, step: Step, { status, body }: Answer): void => {
  if (status === 201) learnCreated(symbols, String(step.number), body);
  const [, pool] = MEMBERS.exec(step.path) ?? [];
  if (status === 200 && pool !== undefined) learn(symbols, `members of ${pool}`, body);
};

/** The object that the step is about, as its side knows it. */
const subjectOf = ({ symbols }: Player, step: Step): string => {
  if (step.method === 'POST') return symbols.resolve(reference(String(step.number)));
  return symbols.resolve(step.path).split('/').at(-1) ?? '';
};

const ask = async (player: Player, step: Step): Promise<Answer> => {
  const { side, symbols } = player;
  const query = step.query.map(([name, value]) => [name, symbols.resolve(value)] as const);
  const answer = await side.ask({
    method: step.method,
    path: symbols.resolve(step.path),
    query: queryText(query),
    as: step.as,
    body: symbols.resolve(bodyText(step)),
    headers: {},
  });
  learnFrom(symbols, step, answer);
  const normal = bodyOf(symbols.normalize(JSON.stringify(answer.body)));
  const accepted = isWrite(step) && answer.status < 300;
  if (accepted) player.pending = true;
  if (player.pending && step.after !== 'hold') {
    await side.settle(step.after === 'fail' && accepted ? subjectOf(player, step) : null);
    player.pending = false;
  }
  return { status: answer.status, body: normal };
};

/** A game of both sides from empty tables on. */
export interface Game {
  play(step: Step): Promise<Played>;
}

export interface Sides {
  readonly ours: Side;
  readonly upstream: Side;
}

/** Puts the same steps to both sides, at the same time. */
export const newGame = async (sides: Sides): Promise<Game> => {
  await Promise.all([sides.ours.reset(), sides.upstream.reset()]);
  const player = (side: Side): Player => ({ side, symbols: new Symbols(), pending: false });
  const [us, them] = [player(sides.ours), player(sides.upstream)];
  return {
    async play(step) {
      const [ours, upstream] = await Promise.all([ask(us, step), ask(them, step)]);
      return { step, ours, upstream, differences: differencesOf(ours, upstream) };
    },
  };
};
