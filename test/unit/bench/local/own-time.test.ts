import { expect, test } from 'vitest';
import { operationTimes, waitedMs } from '../../../../bench/local/own-time.ts';
import { newOperation } from '../../../../lib/repositories/operations/operations.ts';
import { requester } from '../../../fixtures/load-balancer.ts';

const START = Date.parse('2026-01-01T00:00:00.000Z');
const at = (ms: number): string => new Date(START + ms).toISOString();
const step = (name: string, from: number, to: number | null) => ({
  name,
  started_at: at(from),
  ended_at: to === null ? null : at(to),
});

test('a wait for a server is a wait where nothing else runs', () => {
  const steps = [step('ComputeCreate', 0, 100), step('AmphoraWait', 110, 510), step('AllocateVIP', 110, 200)];
  expect(waitedMs(steps)).toBe(310);
});

test('two waits at the same time are one', () => {
  expect(waitedMs([step('AmphoraWait', 0, 300), step('AmphoraWait', 100, 400)])).toBe(400);
});

test('pauses between steps, and steps without an end, are no waits', () => {
  expect(waitedMs([step('AmphoraWait', 0, 100), step('ComputeDelete', 200, 300), step('AmphoraWait', 400, null)])).toBe(
    200,
  );
});

test('the own time is from the call to the end, less the waits', () => {
  const target = { target: 'load_balancer', loadbalancer_id: 'lb', amphora_id: null, project_id: null } as const;
  const blank = { subject: null, attempts: 1, duration_ms: 300, outcome: 'succeeded' } as const;
  const waited = { ...step('AmphoraWait', 50, 350), ...blank, error_name: null, error_message: null };
  const operation = newOperation({ flow: 'create-load-balancer', requester }, target, 1);
  expect(operationTimes(START - 10, { ...operation, ended_at: at(400), steps: [waited] })).toEqual({
    wallMs: 410,
    ownMs: 110,
  });
  expect(() => operationTimes(START, operation)).toThrow('has not ended');
});
