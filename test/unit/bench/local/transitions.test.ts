import { expect, test } from 'vitest';
import { countTransitions } from '../../../../bench/local/transitions.ts';

test('every state that is entered is a transition, of whatever type', () => {
  expect(countTransitions(['ExecutionStarted', 'PassStateEntered', 'PassStateExited', 'MapStateEntered'])).toBe(2);
});

test('a retry is one more', () => {
  const once = ['TaskStateEntered', 'LambdaFunctionScheduled', 'LambdaFunctionFailed'];
  expect(countTransitions(once)).toBe(1);
  expect(countTransitions([...once, 'LambdaFunctionScheduled', 'LambdaFunctionSucceeded'])).toBe(2);
});
