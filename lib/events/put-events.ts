import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { endDryRun } from '../context/dry-run.ts';
import { awsClient } from '../settings/aws-client.ts';
import { eventConfig, tableConfig } from '../settings/config.ts';

/** PutEvents takes so many at once. */
export const EVENTS_AT_ONCE = 10;

export interface OutgoingEvent {
  readonly type: string;
  /** Becomes JSON. */
  readonly detail: object;
  /** When it happened. @default now */
  readonly time?: Date;
}

/**
 * Puts at most EVENTS_AT_ONCE events on the bus.
 * @returns the places of those that were refused, with the reason; the others are on the bus
 * @throws the SDK's own errors when none got there
 */
export type PutAtOnce = (events: readonly OutgoingEvent[]) => Promise<ReadonlyMap<number, string>>;

/** For EventBridge's default bus; the source is the table's name, which every name of the deployment begins with. */
export const createPutAtOnce = (): PutAtOnce => {
  const { tableName } = tableConfig();
  const client = new EventBridgeClient(awsClient(eventConfig().endpoint));
  return async (events) => {
    const Entries = events.map(({ type, detail, time }) => ({
      Source: tableName,
      DetailType: type,
      Detail: JSON.stringify(detail),
      Resources: [],
      ...(time === undefined ? {} : { Time: time }),
    }));
    const { Entries: answers = [] } = await client.send(new PutEventsCommand({ Entries }));
    return new Map(answers.flatMap(({ ErrorCode }, index) => (ErrorCode === undefined ? [] : [[index, ErrorCode]])));
  };
};

/** Puts events of one type, with these details, on the bus. @throws Error one was refused */
export type PutEvents = (detailType: string, details: readonly object[]) => Promise<void>;

export const createPutEvents = (): PutEvents => {
  const putAtOnce = createPutAtOnce();
  return async (type, details) => {
    endDryRun();
    for (let from = 0; from < details.length; from += EVENTS_AT_ONCE) {
      const refused = await putAtOnce(details.slice(from, from + EVENTS_AT_ONCE).map((detail) => ({ type, detail })));
      if (refused.size > 0) {
        throw new Error(`EventBridge refused ${refused.size} events "${type}": ${[...refused.values()][0]}`);
      }
    }
  };
};
