import { expect, test } from 'vitest';
import { useStack } from '../helpers/stack.ts';
import { tenant } from '../helpers/tenant.ts';

/** What Lambda says of a process that was killed, or had no memory left. */
const killed = () =>
  Object.assign(new Error('Runtime exited with error: signal: killed'), { name: 'Runtime.ExitError' });

const died: string[] = [];
const stack = useStack({
  aroundTask: async ({ state }, run) => {
    if (!died.includes(state)) {
      died.push(state);
      throw killed();
    }
    return await run();
  },
});

test('a handler whose process dies is tried again, in every state of a create and of a delete', async () => {
  const alice = await tenant(stack());
  const { id } = await alice.create({ name: 'dying', vip_subnet_id: stack().cloud?.facts.vipSubnetId });
  expect(await alice.settled(id)).toMatchObject({ provisioning_status: 'ACTIVE' });
  expect(died).toEqual(expect.arrayContaining(['CreateBasePort', 'ComputeCreate', 'AmphoraWait', 'MarkLBActiveInDB']));
  await alice.call('DELETE', `/v2.0/lbaas/loadbalancers/${id}`);
  expect(await alice.settled(id)).toBeNull();
  expect(died).toEqual(expect.arrayContaining(['ComputeDelete', 'DeallocateVIP', 'MarkLBDeletedInDB']));
  expect(died).not.toContain('BeginRollback');
});
