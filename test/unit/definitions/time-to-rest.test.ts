import { join } from 'node:path';
import { expect, test } from 'vitest';
import { housekeepingConfig } from '../../../lib/settings/config.ts';
import { readDefinitions } from '../../../local/definitions/definitions.ts';
import { isJsonObject, type Json } from '../../../local/json.ts';

/** Seconds in which what was hit by one fault is at work again: docs/reliability.md. */
const PUBLISHED = 150;
/** Seconds of these that the flow's own work has, at least. */
const WORK = 40;

const definitionsIn = (environment: Record<string, string>) =>
  readDefinitions({ file: join(import.meta.dirname, '../../../serverless.yml'), environment });
const { functions, stateMachines } = definitionsIn({});

/** Every value of the field, wherever it is. */
const all = (value: Json, field: string): Json[] => {
  if (Array.isArray(value)) return value.flatMap((one) => all(one, field));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, one]) => [...(name === field ? [one] : []), ...all(one, field)]);
};

const states = stateMachines
  .flatMap(({ definition }) => all(definition, 'States'))
  .flatMap((some) => (isJsonObject(some) ? Object.values(some) : []));
const tasks = states.filter((state) => isJsonObject(state) && state.Type === 'Task');

const sweepSeconds = (key: string): number => {
  const expression = functions.find((one) => one.key === key)?.events.schedules[0]?.expression ?? '';
  return expression === 'rate(1 minute)' ? 60 : Number.NaN;
};

test('every task has a time limit and tries again after a time-out', () => {
  expect(tasks.length).toBeGreaterThan(100);
  for (const task of tasks) {
    expect(all(task, 'TimeoutSeconds')).toEqual([expect.any(Number)]);
    expect(JSON.stringify(all(task, 'Retry'))).toContain('"States.Timeout"');
  }
});

test('a handler that hangs, and an execution that is lost, leave the flow its time within the published bound', () => {
  const hanging = Math.max(...tasks.flatMap((task) => all(task, 'TimeoutSeconds').map(Number)));
  const retries = tasks.flatMap((task) => all(task, 'Retry')).flat();
  const pauses = retries.filter((retry) => JSON.stringify(retry).includes('"States.Timeout"'));
  const pause = Math.max(...pauses.flatMap((retry) => all(retry, 'IntervalSeconds').map(Number)));
  const { recoveryGrace, dispatchGrace } = housekeepingConfig();
  expect(hanging + pause).toBeLessThanOrEqual(PUBLISHED - WORK);
  expect(sweepSeconds('RecoverOperations') + recoveryGrace / 1000).toBeLessThanOrEqual(PUBLISHED - WORK);
  expect(sweepSeconds('DispatchOperations') + dispatchGrace / 1000).toBeLessThanOrEqual(PUBLISHED - WORK);
});

test.each(['DispatchOperations', 'RecoverOperations'])('the deployment says how often %s looks', (key) => {
  const deployed = definitionsIn({ RECOVERY_SCHEDULE: 'rate(2 minutes)' }).functions.find((one) => one.key === key);
  expect(deployed?.events.schedules).toMatchObject([{ expression: 'rate(2 minutes)' }]);
});

test('how an execution ends badly is heard of at once', () => {
  const patterns = functions.find(({ key }) => key === 'RecoverOperations')?.events.patterns ?? [];
  expect(patterns).toMatchObject([{ source: ['aws.states'], detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'] } }]);
});
