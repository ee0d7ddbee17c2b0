import { afterEach, expect, test, vi } from 'vitest';
import { startScheduler } from '../../../../local/scheduler/scheduler.ts';

afterEach(() => {
  vi.useRealTimers();
});

const scheduled = (expression: string, enabled = true, input: null | { deep: boolean } = null) => ({
  key: 'F',
  events: { routes: [], patterns: [], streams: [], schedules: [{ expression, enabled, input }] },
});

test('a rate fires soon after the start, and then at its rate until stopped', () => {
  vi.useFakeTimers();
  const calls: unknown[] = [];
  const scheduler = startScheduler([scheduled('rate(1 minute)')], 'r', (key, payload) => calls.push([key, payload]));
  vi.advanceTimersByTime(1000);
  expect(calls).toEqual([['F', expect.objectContaining({ 'detail-type': 'Scheduled Event' })]]);
  vi.advanceTimersByTime(120_000);
  expect(calls).toHaveLength(3);
  scheduler.stop();
  vi.advanceTimersByTime(120_000);
  expect(calls).toHaveLength(3);
});

test('a schedule that is off stays off, and an input replaces the event', () => {
  vi.useFakeTimers();
  const calls: unknown[] = [];
  const functions = [scheduled('rate(1 minute)', false), scheduled('rate(1 minute)', true, { deep: true })];
  const scheduler = startScheduler(functions, 'r', (_key, payload) => calls.push(payload));
  vi.advanceTimersByTime(1000);
  scheduler.stop();
  expect(calls).toEqual([{ deep: true }]);
});
