import { expect, test } from 'vitest';
import { useStack } from '../helpers/stack.ts';
import { tenant } from '../helpers/tenant.ts';
import { abortExecutions } from './support/abort-executions.ts';

const stack = useStack({ bootDelayMs: 400 });

const vip = () => ({ vip_subnet_id: stack().cloud?.facts.vipSubnetId });

test('a flow whose execution is stopped begins again by itself, however young its lock is', async () => {
  const alice = await tenant(stack());
  const { id } = await alice.create({ name: 'stopped', ...vip() });
  await expect.poll(() => abortExecutions(stack(), 'create-load-balancer')).toBe(1);
  expect(await alice.settled(id)).toMatchObject({ provisioning_status: 'ACTIVE' });
});

test('the end of an unknown execution, or of one that settled its operation, changes nothing', async () => {
  const alice = await tenant(stack());
  stack().cloud?.faults.failNextServer();
  const { id } = await alice.create({ name: 'failed', ...vip() });
  expect(await alice.settled(id)).toMatchObject({ provisioning_status: 'ERROR' });
  const [ended] = stack().stepFunctions?.executions.list(null, 'FAILED') ?? [];
  const event = (name: unknown) => ({ 'detail-type': 'Step Functions Execution Status Change', detail: { name } });
  expect(await stack().invoke('RecoverOperations', event(ended?.name))).toEqual({ recovered: 0 });
  expect(await stack().invoke('RecoverOperations', event(crypto.randomUUID()))).toEqual({ recovered: 0 });
});
