import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newOperation } from '../../../../lib/repositories/operations/operations.ts';
import { requester } from '../../../fixtures/load-balancer.ts';
import { useTable } from '../../../helpers/table.ts';
import { fakeStepFunctions } from './support.ts';

let stepFunctions: Awaited<ReturnType<typeof fakeStepFunctions>>;
let executions: typeof import('../../../../lib/executions/executions.ts');

beforeAll(async () => {
  await useTable();
  stepFunctions = await fakeStepFunctions();
  executions = await import('../../../../lib/executions/executions.ts');
});
afterAll(() => stepFunctions.stop());
beforeEach(() => {
  stepFunctions.asked.length = 0;
  stepFunctions.others.length = 0;
  stepFunctions.state.failure = null;
});

const target = { target: 'load_balancer' as const, loadbalancer_id: crypto.randomUUID(), amphora_id: null };
const request = { flow: 'apply-changes' as const, requester, input: { amphorae: ['a'] } };
const operation = newOperation(request, { ...target, project_id: 'p' }, 7);

describe('the start of an execution', () => {
  it('is named by the operation, and gets ids, fence and small facts', async () => {
    const arn = await executions.startExecution(operation);
    expect(arn).toBe(executions.executionArn(operation));
    const [asked] = stepFunctions.asked;
    expect(asked).toMatchObject({
      stateMachineArn: `${stepFunctions.prefix}apply-changes`,
      name: operation.id,
    });
    expect(JSON.parse(asked?.input ?? '')).toEqual({
      amphorae: ['a'],
      operation_id: operation.id,
      fence: 7,
      ...target,
    });
  });

  it('is a success when it was started before', async () => {
    stepFunctions.state.failure = 'ExecutionAlreadyExists';
    expect(await executions.startExecution(operation)).toBe(executions.executionArn(operation));
  });

  it('is what a dry run would have done, and does not', async () => {
    const { asDryRun } = await import('../../../../lib/context/dry-run.ts');
    expect(await asDryRun(() => executions.startExecution(operation))).toMatchObject({ starts: { id: operation.id } });
    expect(stepFunctions.asked).toEqual([]);
  });

  it('lets other trouble out', async () => {
    stepFunctions.state.failure = 'StateMachineDoesNotExist';
    await expect(executions.startExecution(operation)).rejects.toMatchObject({ name: 'StateMachineDoesNotExist' });
  });
});

/** A request about the operation's execution. */
const about = (action: string) => ({ action, input: { executionArn: executions.executionArn(operation) } });

describe('the state of an execution', () => {
  it.each([
    ['RUNNING', 'RUNNING'],
    ['PENDING_REDRIVE', 'RUNNING'],
    ['SUCCEEDED', 'ENDED'],
    ['ABORTED', 'ENDED'],
  ])('%s is %s', async (status, state) => {
    stepFunctions.state.answers = [{ status }];
    expect(await executions.executionState(operation)).toBe(state);
    expect(stepFunctions.others).toEqual([about('DescribeExecution')]);
  });

  it('is ABSENT when it was never started, and unknown after another failure', async () => {
    stepFunctions.state.failure = 'ExecutionDoesNotExist';
    expect(await executions.executionState(operation)).toBe('ABSENT');
    stepFunctions.state.failure = 'AccessDeniedException';
    await expect(executions.executionState(operation)).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});

describe('the running executions of a flow', () => {
  it('are listed page by page', async () => {
    const page = (...names: readonly string[]) => ({ executions: names.map((name) => ({ name })) });
    stepFunctions.state.answers = [{ ...page('a', 'b'), nextToken: 'more' }, page('c')];
    expect(await executions.listRunning('apply-changes')).toEqual(['a', 'b', 'c']);
    const request = {
      stateMachineArn: `${stepFunctions.prefix}apply-changes`,
      statusFilter: 'RUNNING',
      maxResults: 1000,
    };
    expect(stepFunctions.others.map(({ input }) => input)).toEqual([request, { ...request, nextToken: 'more' }]);
  });
});

describe('the end of an execution by force', () => {
  it('stops it, and is a success when it has ended before', async () => {
    await executions.stopExecution(operation);
    expect(stepFunctions.others).toEqual([about('StopExecution')]);
    stepFunctions.state.failure = 'ExecutionDoesNotExist';
    await executions.stopExecution(operation);
    stepFunctions.state.failure = 'AccessDeniedException';
    await expect(executions.stopExecution(operation)).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('is no part of a dry run', async () => {
    const { asDryRun } = await import('../../../../lib/context/dry-run.ts');
    await asDryRun(() => executions.stopExecution(operation));
    expect(stepFunctions.others).toEqual([]);
  });
});
