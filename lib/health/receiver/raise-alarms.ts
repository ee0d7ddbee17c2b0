import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { receiverConfig, tableConfig } from '../../config.ts';
import { ALARM_EVENT, type AlarmDetail } from '../alarm.ts';

/** PutEvents takes so many at once. */
const AT_ONCE = 10;

/** Puts alarms on EventBridge's default bus. @throws Error one was refused */
export const createRaise = (): ((alarms: readonly AlarmDetail[]) => Promise<void>) => {
  const { eventsEndpoint } = receiverConfig();
  const { tableName } = tableConfig();
  const client = new EventBridgeClient({
    maxAttempts: 3,
    ...(eventsEndpoint === null ? {} : { endpoint: eventsEndpoint }),
  });
  return async (alarms) => {
    for (let from = 0; from < alarms.length; from += AT_ONCE) {
      const Entries = alarms.slice(from, from + AT_ONCE).map((alarm) => ({
        Source: tableName,
        DetailType: ALARM_EVENT,
        Detail: JSON.stringify(alarm),
        Resources: [],
      }));
      const { FailedEntryCount = 0, Entries: answers = [] } = await client.send(new PutEventsCommand({ Entries }));
      if (FailedEntryCount > 0) {
        throw new Error(
          `EventBridge refused ${FailedEntryCount} alarms: ${answers.find((one) => one.ErrorCode)?.ErrorCode}`,
        );
      }
    }
  };
};
