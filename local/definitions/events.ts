import type { Json, JsonObject } from '../json.ts';
import { ServiceFileError } from './errors.ts';
import type { EventShape } from './service.ts';

export interface Route {
  /** Upper case, `ANY` for every method. */
  readonly method: string;
  /** Begins with a slash; `{name}` is one segment, `{name+}` the rest; `$default` matches everything. */
  readonly path: string;
}

export interface Schedule {
  /** `rate(5 minutes)` or `cron(...)`. */
  readonly expression: string;
  readonly enabled: boolean;
  /** The event the function gets instead of EventBridge's own. */
  readonly input: Json | null;
}

/** A table's changes, handed to a function. */
export interface StreamSource {
  /** Records at once. */
  readonly batchSize: number;
  /** Patterns of records; all of them when there is none. */
  readonly patterns: readonly JsonObject[];
  /** True: after an error half as many are tried. */
  readonly bisects: boolean;
  /** True: the function's answer says which record failed. */
  readonly reportsFailures: boolean;
  /** null: for ever; likewise the next one, which is in seconds. */
  readonly maximumRetryAttempts: number | null;
  readonly maximumRecordAge: number | null;
}

export interface FunctionEvents {
  readonly routes: readonly Route[];
  readonly schedules: readonly Schedule[];
  /** EventBridge patterns. */
  readonly patterns: readonly JsonObject[];
  /** Of the one table. */
  readonly streams: readonly StreamSource[];
}

const toRoute = (shape: NonNullable<EventShape['httpApi']>): Route => {
  const [method = '', path = ''] =
    typeof shape === 'string' ? shape.trim().split(/\s+/) : [shape.method ?? '*', shape.path];
  if (method === '*' && (path === '' || path === '*')) return { method: 'ANY', path: '$default' };
  if (!path.startsWith('/'))
    throw new ServiceFileError(`httpApi: "${JSON.stringify(shape)}" is not a method and a path.`);
  return { method: method === '*' ? 'ANY' : method.toUpperCase(), path };
};

const toSchedules = (shape: EventShape): Schedule[] => {
  const { schedule, eventBridge } = shape;
  const bridged = eventBridge?.schedule
    ? [{ expression: eventBridge.schedule, enabled: eventBridge.enabled ?? true, input: eventBridge.input ?? null }]
    : [];
  if (schedule === undefined) return bridged;
  if (typeof schedule === 'string') return [...bridged, { expression: schedule, enabled: true, input: null }];
  const { rate, enabled = true, input = null } = schedule;
  return [...bridged, ...rate.map((expression) => ({ expression, enabled, input }))];
};

const limit = (value: number | undefined): number | null => (value === undefined || value === -1 ? null : value);

const toStream = (shape: NonNullable<EventShape['stream']>): StreamSource => ({
  batchSize: shape.batchSize,
  patterns: shape.filterPatterns,
  bisects: shape.bisectBatchOnFunctionError,
  reportsFailures: shape.functionResponseType === 'ReportBatchItemFailures',
  maximumRetryAttempts: limit(shape.maximumRetryAttempts),
  maximumRecordAge: limit(shape.maximumRecordAgeInSeconds),
});

/** A function's events, sorted by kind. Kinds the local stack has no source for are left out. */
export const readEvents = (shapes: readonly EventShape[]): FunctionEvents => ({
  routes: shapes.flatMap(({ httpApi }) => (httpApi === undefined ? [] : [toRoute(httpApi)])),
  schedules: shapes.flatMap(toSchedules),
  patterns: shapes.flatMap(({ eventBridge }) => (eventBridge?.pattern ? [eventBridge.pattern] : [])),
  streams: shapes.flatMap(({ stream }) => (stream === undefined ? [] : [toStream(stream)])),
});
