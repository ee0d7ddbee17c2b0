import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { newLoadBalancer } from '../../../fixtures/load-balancer.ts';
import { useTable } from '../../../helpers/table.ts';
import { fakeStepFunctions } from './support.ts';

/** Settings are read once per module. */
const importLibrary = async () => {
  const [starting, commits, stored, line, tools] = await Promise.all([
    import('../../../../lib/executions/start-operation.ts'),
    import('../../../../lib/repositories/locks/commits.ts'),
    import('../repositories/support/stored.ts'),
    import('../repositories/support/admission-queue.ts'),
    import('../../../../lib/tools/logger.ts'),
  ]);
  return { ...starting, ...commits, ...stored, ...line, ...tools };
};

let stepFunctions: Awaited<ReturnType<typeof fakeStepFunctions>>;
let lib: Awaited<ReturnType<typeof importLibrary>>;
const started = () => stepFunctions.asked.map(({ name }) => name);

beforeAll(async () => {
  await useTable();
  vi.stubEnv('BUILD_RATE_LIMIT', '1');
  stepFunctions = await fakeStepFunctions();
  lib = await importLibrary();
  await lib.emptyQueue();
});
afterEach(() => {
  stepFunctions.asked.length = 0;
  stepFunctions.state.failure = null;
});
afterAll(async () => {
  await lib.emptyQueue();
  await stepFunctions.stop();
});

describe('a committed operation', () => {
  it('starts at once when no limit concerns it', async () => {
    const { id } = await lib.storedLoadBalancer();
    await lib.emptyQueue();
    const terms = { allowed: ['ACTIVE'], to: 'PENDING_UPDATE' } as const;
    const update = await lib.commitLoadBalancerOperation(id, lib.updateRequest, terms);
    await lib.startNowOrLater(update);
    expect(started()).toEqual([update.id]);
  });

  it('starts when the limit has room, and stays queued otherwise', async () => {
    const first = await lib.commitNewLoadBalancer(newLoadBalancer(), lib.createRequest);
    const second = await lib.commitNewLoadBalancer(newLoadBalancer(), lib.createRequest);
    await lib.startNowOrLater(first);
    await lib.startNowOrLater(second);
    expect(started()).toEqual([first.id]);
    await lib.emptyQueue();
  });

  it('is left to the dispatcher when its start fails: the request has succeeded', async () => {
    const logged = vi.spyOn(lib.logger, 'error').mockImplementation(() => undefined);
    const operation = await lib.commitNewLoadBalancer(newLoadBalancer(), lib.createRequest);
    stepFunctions.state.failure = 'StateMachineDoesNotExist';
    await lib.startNowOrLater(operation);
    expect(logged).toHaveBeenCalledWith(
      expect.any(String),
      expect.objectContaining({ operation_id: operation.id, error: expect.stringContaining('could not be started') }),
    );
    logged.mockRestore();
  });
});
