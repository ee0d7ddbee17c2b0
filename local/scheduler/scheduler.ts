import { randomUUID } from 'node:crypto';
import type { FunctionDefinition } from '../definitions/definitions.ts';
import { ACCOUNT } from '../stepfunctions/names.ts';
import type { InvokeLater } from './event-bus.ts';
import { readSchedule } from './schedule-expression.ts';

const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** How long after the start rates fire for the first time. */
const FIRST_MS = 1000;

export interface Scheduler {
  stop(): void;
}

const scheduledEvent = (key: string, region: string): object => ({
  version: '0',
  id: randomUUID(),
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: ACCOUNT,
  time: new Date().toISOString(),
  region,
  resources: [`arn:aws:events:${region}:${ACCOUNT}:rule/${key}`],
  detail: {},
});

/** Calls functions by their schedules until stopped. Fails at once for a schedule that cannot be read. */
export const startScheduler = (
  functions: readonly Pick<FunctionDefinition, 'key' | 'events'>[],
  region: string,
  invokeLater: InvokeLater,
): Scheduler => {
  const timers = new Map<string, NodeJS.Timeout>();
  for (const { key, events } of functions) {
    for (const [index, { expression, enabled, input }] of events.schedules.entries()) {
      if (!enabled) continue;
      const next = readSchedule(expression);
      const plan = (due: number): void => {
        const wait = due - Date.now();
        const fire = (): void => {
          if (wait <= LONGEST_TIMER_MS) invokeLater(key, input ?? scheduledEvent(key, region));
          plan(wait <= LONGEST_TIMER_MS ? next(Math.max(due, Date.now())) : due);
        };
        timers.set(`${key}/${index}`, setTimeout(fire, Math.max(0, Math.min(wait, LONGEST_TIMER_MS))));
      };
      // A rate begins when its rule does, and what waited for this start should not wait a period longer.
      plan(expression.startsWith('rate(') ? Date.now() + FIRST_MS : next(Date.now()));
    }
  }
  return {
    stop: () => {
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
};
