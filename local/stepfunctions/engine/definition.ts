import * as z from 'zod';
import type { Json } from '../../json.ts';
import { type ChoiceRule, isComparison } from './choice.ts';

const seconds = z.int().min(1).max(99_999_999);
const path = z.string().startsWith('$');
const nullablePath = path.nullable();
const json: z.ZodType<Json> = z.json();

const retrier = z.strictObject({
  Comment: z.string().optional(),
  ErrorEquals: z.array(z.string()).min(1),
  IntervalSeconds: seconds.optional(),
  MaxAttempts: z.int().min(0).max(99_999_999).optional(),
  BackoffRate: z.number().min(1).optional(),
  MaxDelaySeconds: seconds.optional(),
  JitterStrategy: z.enum(['FULL', 'NONE']).optional(),
});

const catcher = z.strictObject({
  Comment: z.string().optional(),
  ErrorEquals: z.array(z.string()).min(1),
  Next: z.string(),
  ResultPath: nullablePath.optional(),
});

const common = { Comment: z.string().optional(), QueryLanguage: z.literal('JSONPath').optional() };
const paths = { InputPath: nullablePath.optional(), OutputPath: nullablePath.optional() };
const flow = { Next: z.string().optional(), End: z.literal(true).optional() };
const result = { ResultPath: nullablePath.optional() };
const handled = { Retry: z.array(retrier).optional(), Catch: z.array(catcher).optional() };

const task = z.strictObject({
  Type: z.literal('Task'),
  ...common,
  ...paths,
  ...flow,
  ...result,
  ...handled,
  Resource: z.string(),
  Parameters: json.optional(),
  ResultSelector: json.optional(),
  TimeoutSeconds: seconds.optional(),
  TimeoutSecondsPath: path.optional(),
});

const pass = z.strictObject({
  Type: z.literal('Pass'),
  ...common,
  ...paths,
  ...flow,
  ...result,
  Result: json.optional(),
  Parameters: json.optional(),
});

const wait = z.strictObject({
  Type: z.literal('Wait'),
  ...common,
  ...paths,
  ...flow,
  Seconds: z.number().min(0).max(99_999_999).optional(),
  SecondsPath: path.optional(),
  Timestamp: z.string().optional(),
  TimestampPath: path.optional(),
});

const ruleShape: z.ZodType<ChoiceRule> = z.looseObject({
  get And() {
    return z.array(ruleShape).min(1).optional();
  },
  get Or() {
    return z.array(ruleShape).min(1).optional();
  },
  get Not() {
    return ruleShape.optional();
  },
  Variable: path.optional(),
});

const rule = ruleShape.superRefine((value, context) => {
  const known = new Set(['And', 'Or', 'Not', 'Variable', 'Next', 'Comment']);
  const others = Object.keys(value).filter((key) => !known.has(key));
  const wrong = others.find((key) => !isComparison(key));
  if (wrong) context.addIssue({ code: 'custom', message: `"${wrong}" is not a comparison` });
  const count = [value.And, value.Or, value.Not].filter((part) => part !== undefined).length + others.length;
  if (count !== 1) context.addIssue({ code: 'custom', message: 'a rule has exactly one comparison, And, Or or Not' });
  if (others.length === 1 && value.Variable === undefined) {
    context.addIssue({ code: 'custom', message: 'a comparison needs a Variable' });
  }
});

const choice = z.strictObject({
  Type: z.literal('Choice'),
  ...common,
  ...paths,
  Choices: z.array(rule.and(z.looseObject({ Next: z.string() }))).min(1),
  Default: z.string().optional(),
});

const succeed = z.strictObject({ Type: z.literal('Succeed'), ...common, ...paths });

const fail = z.strictObject({
  Type: z.literal('Fail'),
  ...common,
  Error: z.string().optional(),
  ErrorPath: z.string().optional(),
  Cause: z.string().optional(),
  CausePath: z.string().optional(),
});

const parallelFields = {
  ...common,
  ...paths,
  ...flow,
  ...result,
  ...handled,
  Parameters: json.optional(),
  ResultSelector: json.optional(),
};
const parallelShape = z.strictObject({ Type: z.literal('Parallel'), ...parallelFields });
const mapShape = z.strictObject({
  Type: z.literal('Map'),
  ...parallelFields,
  ItemsPath: path.optional(),
  ItemSelector: json.optional(),
  MaxConcurrency: z.int().min(0).optional(),
  MaxConcurrencyPath: path.optional(),
});

export type Retrier = z.infer<typeof retrier>;
export type Catcher = z.infer<typeof catcher>;
export type TaskState = z.infer<typeof task>;
export type PassState = z.infer<typeof pass>;
export type WaitState = z.infer<typeof wait>;
export type ChoiceState = z.infer<typeof choice>;
export type FailState = z.infer<typeof fail>;
export type SucceedState = z.infer<typeof succeed>;
export type ParallelState = z.infer<typeof parallelShape> & { readonly Branches: readonly Branch[] };
export type MapState = z.infer<typeof mapShape> & {
  readonly ItemProcessor?: Branch | undefined;
  readonly Iterator?: Branch | undefined;
};
export type State =
  | TaskState
  | PassState
  | WaitState
  | ChoiceState
  | FailState
  | SucceedState
  | ParallelState
  | MapState;

export interface Branch {
  readonly Comment?: string | undefined;
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export interface Definition extends Branch {
  readonly Version?: string | undefined;
  readonly TimeoutSeconds?: number | undefined;
}

const branchFields = {
  Comment: z.string().optional(),
  StartAt: z.string(),
  QueryLanguage: z.literal('JSONPath').optional(),
  ProcessorConfig: z.strictObject({ Mode: z.literal('INLINE') }).optional(),
};

const branch: z.ZodType<Branch> = z.strictObject({
  ...branchFields,
  get States() {
    return z.record(z.string().min(1).max(80), state);
  },
});

const state: z.ZodType<State> = z.lazy(() =>
  z.discriminatedUnion('Type', [
    task,
    pass,
    wait,
    choice,
    succeed,
    fail,
    parallelShape.extend({ Branches: z.array(branch).min(1) }),
    mapShape.extend({ ItemProcessor: branch.optional(), Iterator: branch.optional() }),
  ]),
);

/** The state language, JSONPath dialect, as far as this stack runs it; an unknown field is refused by name. */
export const definitionSchema: z.ZodType<Definition> = z.strictObject({
  ...branchFields,
  Version: z.string().optional(),
  TimeoutSeconds: seconds.optional(),
  States: z.record(z.string().min(1).max(80), state),
});
