/** One search through all that can happen. */
export interface Check {
  readonly name: string;
  /** Sizes and mutations, as docs/protocol/lock.pml names them. */
  readonly defines: Readonly<Record<string, number>>;
  /** Looks for runs without an end instead of for broken assertions. */
  readonly cycles?: boolean;
  /** For a mutation: the property that it must be found to break. */
  readonly violates?: RegExp;
}

const NOTHING = { ABORTS: 0, FAILURES: 0, REPEATS: 0 };

/** Properties, by a part of the assertion that says it. */
const ONE_FENCE = /lockOp==o|life==begun|status\[o\]!=6/;
const NO_CHANGE_LOST = /row\[c\]==3/;
/** The model has room for the operations that losses can lead to. */
const ENDS_ONCE = /operations<=/;
const EVERYTHING_RESTS = /lockOp==0/;

export const CHECKS: readonly Check[] = [
  { name: 'three changes join, wait or are refused', defines: { ...NOTHING, CHANGES: 3 } },
  { name: 'an execution, a sweep or a writer dies', defines: { ...NOTHING, ABORTS: 1 } },
  {
    name: 'an operation is given up, and that dies too',
    defines: { ...NOTHING, CHANGES: 1, ABORTS: 2, RECOVERIES: 0 },
  },
  { name: 'two sweeps at once', defines: { ...NOTHING, CHANGES: 1, ABORTS: 2, SWEEPERS: 2, RECOVERIES: 0 } },
  { name: 'a handler is delivered twice, or late', defines: { ...NOTHING, REPEATS: 1 } },
  {
    name: 'a handler is delivered late, and an execution dies',
    defines: { ...NOTHING, CHANGES: 1, REPEATS: 1, ABORTS: 1 },
  },
  { name: 'a flow is undone beside its late handlers', defines: { ...NOTHING, CHANGES: 1, REPEATS: 2, FAILURES: 1 } },
  { name: 'a flow is undone while changes join', defines: { ...NOTHING, FAILURES: 2 } },
  { name: 'a change is written out in two strokes', defines: { ...NOTHING, STAGED: 1, FAILURES: 1 } },
  { name: 'a change of two strokes dies between them', defines: { ...NOTHING, CHANGES: 1, STAGED: 1, ABORTS: 2 } },
  { name: 'a round takes no more in', defines: { ...NOTHING, CHANGES: 3, LAST_ROUNDS: 1 } },
  { name: 'a round that takes no more in is undone', defines: { ...NOTHING, FAILURES: 1, LAST_ROUNDS: 1 } },
  { name: 'nothing goes on for ever', defines: { ...NOTHING, FAILURES: 1 }, cycles: true },
  { name: 'no recovery goes on for ever', defines: { ...NOTHING, CHANGES: 1, ABORTS: 2, RECOVERIES: 0 }, cycles: true },

  {
    name: 'mutation: no fence check',
    defines: { ...NOTHING, CHANGES: 1, ABORTS: 1, NO_FENCE: 1 },
    violates: ONE_FENCE,
  },
  {
    name: 'mutation: a lost execution is begun again under its fence',
    defines: { ...NOTHING, CHANGES: 1, ABORTS: 1, RAW_REDRIVE: 1 },
    violates: ONE_FENCE,
  },
  {
    name: 'mutation: an operation that is given up can be started',
    defines: { ...NOTHING, CHANGES: 1, ABORTS: 2, RECOVERIES: 0, START_GIVEN_UP: 1 },
    violates: ONE_FENCE,
  },
  {
    name: 'mutation: each sweep that finds an operation that is given up starts over',
    defines: { ...NOTHING, CHANGES: 1, ABORTS: 1, SWEEPERS: 2, RECOVERIES: 0, GIVE_UP_ANEW: 1 },
    violates: ENDS_ONCE,
  },
  {
    name: 'mutation: a rollback under the fence of what it undoes',
    defines: { ...NOTHING, CHANGES: 1, FAILURES: 1, REPEATS: 1, SAME_FENCE_UNDO: 1 },
    violates: ONE_FENCE,
  },
  {
    name: 'mutation: the settling does not look whether something came in',
    defines: { ...NOTHING, NO_GENERATION: 1 },
    violates: NO_CHANGE_LOST,
  },
  {
    name: 'mutation: changes join while it settles',
    defines: { ...NOTHING, JOIN_WHILE_CLOSING: 1 },
    violates: NO_CHANGE_LOST,
  },
  {
    name: 'mutation: a late handler sends what is older than what was sent',
    defines: { ...NOTHING, REPEATS: 1, STALE_PUSH: 1 },
    violates: NO_CHANGE_LOST,
  },
  {
    name: 'mutation: no push after a stale push',
    defines: { ...NOTHING, REPEATS: 1, NO_REPAIR: 1 },
    violates: NO_CHANGE_LOST,
  },
  {
    name: 'mutation: no sweep',
    defines: { ...NOTHING, CHANGES: 1, ABORTS: 1, SWEEPERS: 0 },
    violates: EVERYTHING_RESTS,
  },
];
