import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findHeartbeat, recordHeartbeat } from '../../../../../lib/repositories/health/heartbeats.ts';
import { readStatistics } from '../../../../../lib/repositories/health/statistics.ts';
import { readTree } from '../../../../../lib/repositories/objects/trees.ts';
import { documents, tableName } from '../../../../../lib/repositories/table/client.ts';
import { loadBalancerKey, memberKey } from '../../../../../lib/repositories/table/keys.ts';
import { useTable } from '../../../../helpers/table.ts';
import { interceptRequests } from '../../repositories/support/requests.ts';
import { heartbeatOf, openReceiver, seal, statusesIn, type Watched, watched } from './support.ts';

beforeAll(useTable);

const open: Awaited<ReturnType<typeof openReceiver>>[] = [];
const undo: (() => void)[] = [];
afterEach(async () => {
  for (const one of undo.splice(0)) one();
  for (const one of open.splice(0)) await one.close();
});

/** A receiver that is told one heartbeat after the other. */
const hearing = async (now = Date.now) => {
  const opened = await openReceiver({ now });
  open.push(opened);
  const { send, counted, receiver, raised } = opened;
  return {
    receiver,
    raised,
    hears: async (message: unknown): Promise<void> => {
      const before = counted();
      await send(seal(message));
      await expect.poll(counted).toBe(before + 1);
    },
  };
};

/** Every request to the table from now on, as text. */
const asked = (): string[] => {
  const inputs: string[] = [];
  undo.push(
    interceptRequests(async (input, send) => {
      inputs.push(input);
      await send();
    }),
  );
  return inputs;
};
const readsOf = (inputs: readonly string[], { loadBalancer }: Watched): number =>
  inputs.filter((input) => input.includes('KeyConditionExpression') && input.includes(loadBalancer.id)).length;

const well = { whole: 'ONLINE', listener: 'ONLINE', pool: 'ONLINE', member: 'ONLINE' };
const down = { whole: 'DEGRADED', listener: 'ONLINE', pool: 'DEGRADED', member: 'ERROR' };

const setRow = async (
  Key: { pk: string; sk: string },
  attributes: Readonly<Record<string, unknown>>,
): Promise<void> => {
  const names = Object.keys(attributes);
  await documents().send(
    new UpdateCommand({
      TableName: tableName(),
      Key,
      UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: Object.fromEntries(names.map((name) => [`:${name}`, attributes[name]])),
    }),
  );
};

const memberRowKey = async (site: Watched) => {
  const [member] = (await readTree(site.loadBalancer.id)).tree.members;
  if (member === undefined) throw new Error('no member');
  return memberKey(member);
};

/** What another receiver recorded that died before it wrote anything else. */
const recordedElsewhere = async (site: Watched, sequence: number, said: string): Promise<void> => {
  const before = await findHeartbeat(String(site.amphoraIds[0]));
  const heartbeat = {
    amphora_id: String(site.amphoraIds[0]),
    loadbalancer_id: site.loadBalancer.id,
    zone: 'nova',
    sequence,
    at: new Date().toISOString(),
    listeners: null,
    said: { now: said, before: before?.said ?? null },
  };
  expect(await recordHeartbeat(heartbeat, sequence - 1)).toBeNull();
};

describe('a receiver that remembers a load balancer', () => {
  it('does not read it again for new words about the same objects', async () => {
    const site = await watched();
    const { hears } = await hearing();
    await hears(heartbeatOf(site, 0));
    const inputs = asked();
    await hears(heartbeatOf(site, 1, { member: 'DOWN' }));
    expect(await statusesIn(site)).toEqual(down);
    await hears(heartbeatOf(site, 2));
    expect(await statusesIn(site)).toEqual(well);
    // Those of this test.
    expect(readsOf(inputs, site)).toBe(2);
  });

  it('reads it again after 30 s, however often there were new words', async () => {
    const site = await watched();
    const started = Date.now();
    let clock = started;
    const { hears } = await hearing(() => clock);
    await hears(heartbeatOf(site, 0));
    const inputs = asked();
    for (const [seq, member] of ['DOWN', 'UP', 'DOWN', 'UP'].entries()) {
      clock = started + 9_900 * (seq + 1);
      await hears(heartbeatOf(site, seq + 1, { member }));
    }
    expect(readsOf(inputs, site)).toBe(1);
  });

  it('reads it again for words about other objects', async () => {
    const site = await watched();
    const { hears } = await hearing();
    await hears(heartbeatOf(site, 0));
    const inputs = asked();
    await hears({ ...heartbeatOf(site, 1), listeners: {} });
    expect(readsOf(inputs, site)).toBe(1);
    expect(await statusesIn(site)).toMatchObject({ listener: 'ERROR' });
  });

  it('reads it again when a row is not as it was left, and goes by what is there', async () => {
    const site = await watched();
    const { hears } = await hearing();
    await hears(heartbeatOf(site, 0));
    await setRow(await memberRowKey(site), { operating_status: 'NO_MONITOR' });
    const inputs = asked();
    await hears(heartbeatOf(site, 1, { member: 'DOWN' }));
    expect(readsOf(inputs, site)).toBe(1);
    expect(await statusesIn(site)).toEqual(down);
  });

  it('takes a status that another receiver has written already for what it wanted', async () => {
    const site = await watched();
    const { hears } = await hearing();
    await hears(heartbeatOf(site, 0));
    await setRow(await memberRowKey(site), { operating_status: 'ERROR' });
    const inputs = asked();
    await hears(heartbeatOf(site, 1, { member: 'DOWN' }));
    expect(readsOf(inputs, site)).toBe(0);
    expect(await statusesIn(site)).toEqual(down);
  });

  it('does not speak for one that an operation has changed since', async () => {
    const site = await watched();
    const { hears } = await hearing();
    await hears(heartbeatOf(site, 0));
    const { fence } = (await readTree(site.loadBalancer.id)).tree.load_balancer;
    await setRow(loadBalancerKey(site.loadBalancer.id), {
      enabled: false,
      fence: fence + 1,
      provisioning_status: 'PENDING_UPDATE',
    });
    await hears(heartbeatOf(site, 1, { member: 'DOWN' }));
    expect(await statusesIn(site)).toEqual({ ...down, whole: 'OFFLINE' });
  });

  it('raises an alarm when the load balancer is there no more', async () => {
    const site = await watched();
    const { hears, receiver, raised } = await hearing();
    await hears(heartbeatOf(site, 0));
    await documents().send(new DeleteCommand({ TableName: tableName(), Key: loadBalancerKey(site.loadBalancer.id) }));
    await hears(heartbeatOf(site, 1, { member: 'DOWN' }));
    expect(receiver.counts()).toMatchObject({ accepted: 1, zombie: 1 });
    await expect.poll(() => raised).toMatchObject([{ reason: 'ZOMBIE', amphora_id: site.amphoraIds[0] }]);
  });

  it('writes nothing to a member that has come to the address of the one it remembers', async () => {
    const site = await watched();
    const { hears } = await hearing();
    await hears(heartbeatOf(site, 0));
    await setRow(await memberRowKey(site), { id: crypto.randomUUID() });
    await hears(heartbeatOf(site, 1, { member: 'DOWN' }));
    const { tree } = await readTree(site.loadBalancer.id);
    expect(tree.members.map(({ operating_status }) => operating_status)).toEqual(['OFFLINE']);
  });
});

describe('two receivers that both remember a load balancer', () => {
  it('go by the last report, of any receiver and whatever it remembers', async () => {
    const site = await watched();
    const [one, other] = [await hearing(), await hearing()];
    await one.hears(heartbeatOf(site, 0));
    await other.hears(heartbeatOf(site, 1));
    await one.hears(heartbeatOf(site, 2, { member: 'DOWN' }));
    expect(await statusesIn(site)).toEqual(down);
    // The other one remembers it well, and hears nothing that is new to it.
    await other.hears(heartbeatOf(site, 3));
    expect(await statusesIn(site)).toEqual(well);
    // The first one remembers it down, and hears nothing that is new to it.
    await one.hears(heartbeatOf(site, 4, { member: 'DOWN' }));
    expect(await statusesIn(site)).toEqual(down);
    expect([one, other].map(({ receiver }) => receiver.counts().accepted)).toEqual([3, 2]);
  });

  it('do not send each other to the table while the amphora says the same', async () => {
    const site = await watched();
    const [one, other] = [await hearing(), await hearing()];
    await one.hears(heartbeatOf(site, 0));
    await other.hears(heartbeatOf(site, 1));
    const inputs = asked();
    await one.hears(heartbeatOf(site, 2));
    await other.hears(heartbeatOf(site, 3));
    await one.hears(heartbeatOf(site, 4, { member: 'DOWN' }));
    await other.hears(heartbeatOf(site, 5, { member: 'DOWN' }));
    // What is new to the other one may not have been written yet.
    expect(readsOf(inputs, site)).toBe(1);
    await one.hears(heartbeatOf(site, 6, { member: 'DOWN' }));
    await other.hears(heartbeatOf(site, 7, { member: 'DOWN' }));
    expect(readsOf(inputs, site)).toBe(1);
  });

  it('make up for one that died between two of its writes', async () => {
    const site = await watched();
    const { hears } = await hearing();
    await hears(heartbeatOf(site, 0, { member: 'DOWN' }));
    await recordedElsewhere(site, 1, 'well 1@1');
    await setRow(await memberRowKey(site), { operating_status: 'ONLINE' });
    await hears(heartbeatOf(site, 2));
    expect(await statusesIn(site)).toEqual(well);
  });

  it('make up for one that wrote nothing of the last word, though that is what it was before', async () => {
    const site = await watched();
    const [one, other] = [await hearing(), await hearing()];
    await one.hears(heartbeatOf(site, 0));
    await other.hears(heartbeatOf(site, 1, { member: 'DOWN' }));
    const succeed = interceptRequests(async (input, send) => {
      if (input.includes('SET \\"operating_status')) throw new Error('died');
      await send();
    });
    undo.push(succeed);
    await other.hears(heartbeatOf(site, 2));
    expect(other.receiver.counts()).toMatchObject({ accepted: 1, unwritten: 1 });
    expect(await statusesIn(site)).toEqual(down);
    succeed();
    await one.hears(heartbeatOf(site, 3));
    expect(await statusesIn(site)).toEqual(well);
  });
});

describe('a write', () => {
  it('of which the answer is lost is made once, and counts as made', async () => {
    const site = await watched();
    const { hears, receiver } = await hearing();
    await hears(heartbeatOf(site, 0));
    const stats = { tx: 100, rx: 10, conns: 3, totconns: 5, ereq: 1 };
    await hears(heartbeatOf(site, 1, { stats }));
    const NAME = 'losesAnswers';
    const answered = new Set<string>();
    documents().middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          const result = await next(args);
          const input = JSON.stringify(args.input);
          if (commandName !== 'BatchExecuteStatementCommand' || answered.has(input)) return result;
          answered.add(input);
          throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });
        },
      { step: 'finalizeRequest', priority: 'low', name: NAME },
    );
    undo.push(() => void documents().middlewareStack.remove(NAME));
    await hears(heartbeatOf(site, 2, { member: 'DOWN', stats }));
    expect(receiver.counts()).toMatchObject({ accepted: 3, replay: 0, unwritten: 0 });
    expect(answered.size).toBeGreaterThanOrEqual(2);
    expect(await statusesIn(site)).toEqual(down);
    expect(await readStatistics(site.loadBalancer.id)).toMatchObject([{ total_connections: 10, bytes_out: 200 }]);
  });

  it('that fails among others is made up for by the next heartbeat that says the same', async () => {
    const site = await watched();
    const { hears, receiver } = await hearing();
    await hears(heartbeatOf(site, 0));
    let failed = 0;
    const NAME = 'refusesPools';
    documents().middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          const { input } = args;
          const statements = 'Statements' in input ? (input.Statements ?? []) : [];
          const refused = statements.filter((one) => JSON.stringify(one).includes('"POOL#'));
          if (commandName !== 'BatchExecuteStatementCommand' || refused.length === 0 || failed > 0)
            return await next(args);
          failed += 1;
          const rest = statements.filter((one) => !refused.includes(one));
          const { output, response } = await next({ ...args, input: { ...input, Statements: rest } });
          const answers = 'Responses' in output && Array.isArray(output.Responses) ? [...output.Responses] : [];
          const error = { Error: { Code: 'AccessDenied' as const, Message: 'not now' } };
          const Responses = statements.map((one) => (refused.includes(one) ? error : (answers.shift() ?? {})));
          return { output: { ...output, Responses }, response };
        },
      { step: 'initialize', name: NAME },
    );
    undo.push(() => void documents().middlewareStack.remove(NAME));
    await hears(heartbeatOf(site, 1, { member: 'DOWN' }));
    expect(receiver.counts()).toMatchObject({ accepted: 1, unwritten: 1 });
    expect(await statusesIn(site)).toEqual({ ...down, pool: 'ONLINE' });
    await hears(heartbeatOf(site, 2, { member: 'DOWN' }));
    expect(await statusesIn(site)).toEqual(down);
  });
});
