import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { FunctionDefinition } from '../definitions/definitions.ts';
import { AwsError } from '../http/aws-error.ts';
import { listenAwsJson } from '../http/aws-json.ts';
import { type JsonObject, parseJson, toJson } from '../json.ts';
import type { Logger } from '../log.ts';
import { ACCOUNT } from '../stepfunctions/names.ts';
import type { BusEvent } from '../stepfunctions/status-event.ts';
import { matchesPattern } from './pattern.ts';

export type InvokeLater = (functionKey: string, payload: unknown) => void;

/** Hands an event to every function whose pattern it fits. */
export type Publish = (event: BusEvent) => void;

export const createPublish = (
  functions: readonly Pick<FunctionDefinition, 'key' | 'events'>[],
  invokeLater: InvokeLater,
): Publish => {
  const rules = functions.flatMap(({ key, events }) => events.patterns.map((pattern) => ({ key, pattern })));
  return (event) => {
    const value = toJson(event);
    for (const { key, pattern } of rules) if (matchesPattern(value, pattern)) invokeLater(key, value);
  };
};

const entrySchema = z.object({
  Source: z.string().min(1),
  DetailType: z.string().min(1),
  Detail: z.string(),
  Resources: z.array(z.string()).optional(),
  Time: z.number().optional(),
});
const putEventsSchema = z.object({ Entries: z.array(z.unknown()).min(1).max(10) });

const readDetail = (text: string): JsonObject | null => {
  try {
    return z.record(z.string(), z.json()).parse(parseJson(text));
  } catch {
    return null;
  }
};

const putEvent = (entry: unknown, region: string, publish: Publish): object => {
  const parsed = entrySchema.safeParse(entry);
  if (!parsed.success)
    return { ErrorCode: 'InvalidArgument', ErrorMessage: 'Source, DetailType and Detail are required.' };
  const { Source, DetailType, Detail, Resources = [], Time } = parsed.data;
  const detail = readDetail(Detail);
  if (detail === null) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  const id = randomUUID();
  publish({
    version: '0',
    id,
    'detail-type': DetailType,
    source: Source,
    account: ACCOUNT,
    time: new Date(Time === undefined ? Date.now() : Time * 1000).toISOString(),
    region,
    resources: Resources,
    detail,
  });
  return { EventId: id };
};

export interface EventBusOptions {
  readonly host: string;
  readonly port: number;
  readonly region: string;
  readonly publish: Publish;
  readonly log: Logger;
}

/** An endpoint for EventBridge's PutEvents on the default bus. */
export const startEventBus = (options: EventBusOptions) =>
  listenAwsJson({
    host: options.host,
    port: options.port,
    targetPrefix: 'AWSEvents',
    log: options.log,
    handle: async (operation, input) => {
      if (operation !== 'PutEvents')
        throw new AwsError('UnknownOperationException', `${operation} is not part of this stack.`);
      const parsed = putEventsSchema.safeParse(input);
      if (!parsed.success) throw new AwsError('ValidationException', 'Entries has 1 to 10 entries.');
      const entries = parsed.data.Entries.map((entry) => putEvent(entry, options.region, options.publish));
      return { FailedEntryCount: entries.filter((entry) => 'ErrorCode' in entry).length, Entries: entries };
    },
  });
