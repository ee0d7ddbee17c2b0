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

  it('lets other trouble out', async () => {
    stepFunctions.state.failure = 'StateMachineDoesNotExist';
    await expect(executions.startExecution(operation)).rejects.toMatchObject({ name: 'StateMachineDoesNotExist' });
  });
});
