import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { eventConfig, tableConfig } from '../config.ts';

/** PutEvents takes so many at once. */
const AT_ONCE = 10;

/** Puts events of one type, with these details, on the bus. @throws Error one was refused */
export type PutEvents = (detailType: string, details: readonly object[]) => Promise<void>;

/** For EventBridge's default bus; the source is the table's name, which every name of the deployment begins with. */
export const createPutEvents = (): PutEvents => {
  const { endpoint } = eventConfig();
  const { tableName } = tableConfig();
  const client = new EventBridgeClient({ maxAttempts: 3, ...(endpoint === null ? {} : { endpoint }) });
  return async (detailType, details) => {
    for (let from = 0; from < details.length; from += AT_ONCE) {
      const Entries = details.slice(from, from + AT_ONCE).map((detail) => ({
        Source: tableName,
        DetailType: detailType,
        Detail: JSON.stringify(detail),
        Resources: [],
      }));
      const { FailedEntryCount = 0, Entries: answers = [] } = await client.send(new PutEventsCommand({ Entries }));
      if (FailedEntryCount > 0) {
        const code = answers.find((one) => one.ErrorCode)?.ErrorCode;
        throw new Error(`EventBridge refused ${FailedEntryCount} events "${detailType}": ${code}`);
      }
    }
  };
};
