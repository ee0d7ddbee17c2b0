import { createPutEvents } from '../../events/put-events.ts';
import { ALARM_EVENT, type AlarmDetail } from '../alarm.ts';

/** Puts alarms on EventBridge's default bus. @throws Error one was refused */
export const createRaise = (): ((alarms: readonly AlarmDetail[]) => Promise<void>) => {
  const put = createPutEvents();
  return (alarms) => put(ALARM_EVENT, alarms);
};
