import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { LOAD_BALANCERS, type LoadBalancerApi } from '../cloud/load-balancer-api.ts';
import { useBench } from '../flows/support/bench.ts';
import { tenant } from '../helpers/tenant.ts';
import { openBusyTable } from './busy-table.ts';
import { reasons, statusesOf } from './invariants.ts';

const MEMBERS = 4;
/** A flow is at work by then. */
const STARTED_MS = 300;
const LIMIT_MS = 240_000;

const table = await openBusyTable(4711);
const { stack, lib, amphorae, agentOf, leftovers } = useBench({
  dynamodbEndpoint: table.endpoint,
  settings: { RECOVERY_GRACE_MS: '500', DISPATCH_GRACE_MS: '500' },
});
afterAll(table.stop);

const graph = z.looseObject({
  loadbalancer: z.looseObject({ id: z.string(), pools: z.array(z.looseObject({ id: z.string() })) }),
});
const members = z.object({ members: z.array(z.object({ address: z.string(), provisioning_status: z.string() })) });
/** The second is of changes that wait for one another at the rows of their project. */
const BUSY = [
  'The service is busy. Please try again.',
  'Project busy.  Unable to lock the project.  Please try again.',
].map((faultstring) => ({ faultcode: 'Server', faultstring, debuginfo: null }));

describe('a table that refuses', () => {
  let alice: LoadBalancerApi;
  let refusals = 0;
  /** The sweeps of each minute, which are due more often here; a busy table refuses them too. */
  let sweeping: NodeJS.Timeout;
  beforeAll(async () => {
    alice = await tenant(stack());
    sweeping = setInterval(() => {
      for (const key of ['DispatchOperations', 'RecoverOperations'])
        stack()
          .invoke(key, {})
          .catch(() => {});
    }, 1_000);
  });
  afterAll(() => clearInterval(sweeping));

  /** As a good client does it: once more, while the answer is that the service is busy. */
  const insist = async (...[method, path, body]: Parameters<LoadBalancerApi['call']>) => {
    const key = { 'x-idempotency-key': crypto.randomUUID() };
    for (const end = Date.now() + LIMIT_MS; ; await wait(200)) {
      const answer = await alice.call(method, path, body, key);
      if (answer.status !== 503 && answer.status !== 409) return answer;
      if (answer.status === 503) {
        refusals += 1;
        expect(BUSY).toContainEqual(answer.body);
      }
      if (method === 'DELETE' && answer.status === 409) return answer;
      if (Date.now() > end) throw new Error(`still ${answer.status}: ${JSON.stringify(answer.body)}`);
    }
  };
  const settled = async (id: string) => {
    for (const end = Date.now() + LIMIT_MS; ; await wait(100)) {
      const { status, body } = await insist('GET', `${LOAD_BALANCERS}/${id}`);
      if (status === 404) return null;
      expect(status).toBe(200);
      const { provisioning_status: now } = z
        .looseObject({ provisioning_status: z.string() })
        .parse(graph.parse(body).loadbalancer);
      if (!now.startsWith('PENDING_')) return now;
      if (Date.now() > end) throw new Error(`still ${now}`);
    }
  };
  const problems = async (id: string) => {
    const { queryAll } = await import('../../lib/repositories/table/query.ts');
    const rowsAt = (pk: string) =>
      queryAll({ KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': pk }, ConsistentRead: true });
    const [rows, operations, line] = await Promise.all([
      rowsAt(`LB#${id}`),
      rowsAt(`LBOPS#${id}`),
      rowsAt('LIMIT#operations'),
    ]);
    const own = operations.filter(({ status }) => status !== 'JOINED');
    const held = line
      .map(({ sk }) => String(sk))
      .filter((sk) => own.some((operation) => sk === `WAITING#${operation.id}`));
    return [...statusesOf(rows), ...reasons(rows, own), ...held];
  };

  /** Refuses a share from now on; everything only when the work has begun, and for so long. Answers when that is over. */
  const refuse = async (share: number, forMs: number | null): Promise<void> => {
    if (forMs !== null) await wait(STARTED_MS);
    table.refuse(share);
    if (forMs === null) return;
    await wait(forMs);
    table.refuse(0);
  };

  it.each([
    ['a tenth', 0.1, null],
    ['half', 0.5, null],
    ['everything for 20 s', 1, 20_000],
  ] as const)(
    '%s of the requests: what is accepted is done, and clients see nothing worse than 503',
    async (name, share, forMs) => {
      refusals = 0;
      const times: number[] = [];
      const timed = async <T>(act: () => Promise<T>): Promise<T> => {
        const begun = Date.now();
        const over = refuse(share, forMs);
        const result = await act();
        times.push(Date.now() - begun);
        await over;
        return result;
      };
      const pool = { name: 'pool', protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' };
      const listeners = [{ protocol: 'HTTP', protocol_port: 80, default_pool: pool }];
      const vip_subnet_id = stack().cloud?.facts.vipSubnetId;
      const { loadbalancer: made } = await timed(async () => {
        const { status, body } = await insist('POST', LOAD_BALANCERS, {
          loadbalancer: { name, vip_subnet_id, listeners },
        });
        expect(status, JSON.stringify(body)).toBe(201);
        const created = graph.parse(body);
        expect(await settled(created.loadbalancer.id)).toBe('ACTIVE');
        return created;
      });
      const list = `/v2.0/lbaas/pools/${made.pools[0]?.id}/members`;
      const addresses = Array.from({ length: MEMBERS }, (_none, index) => `127.0.0.${index + 10}`);
      await timed(async () => {
        const answers = await Promise.all(
          addresses.map((address) => insist('POST', list, { member: { address, protocol_port: 8080 } })),
        );
        expect(answers.map(({ status }) => status)).toEqual(addresses.map(() => 201));
        expect(await settled(made.id)).toBe('ACTIVE');
      });
      table.refuse(0);
      const shown = members.parse((await alice.call('GET', list)).body).members;
      expect(shown.map(({ address }) => address).sort()).toEqual(addresses.toSorted());
      expect(new Set(shown.map(({ provisioning_status }) => provisioning_status))).toEqual(new Set(['ACTIVE']));
      const [amphora] = await amphorae(made.id);
      if (amphora === undefined) throw new Error('no amphora');
      const text = await lib().amphoraDriver().getHaproxyConfig(agentOf(amphora), made.id);
      for (const address of addresses) expect(text).toContain(`${address}:8080`);
      expect(await problems(made.id)).toEqual([]);
      await timed(async () => {
        const { status } = await insist('DELETE', `${LOAD_BALANCERS}/${made.id}?cascade=true`);
        expect([204, 404, 409]).toContain(status);
        expect(await settled(made.id)).toBeNull();
      });
      table.refuse(0);
      expect(await problems(made.id)).toEqual([]);
      expect(leftovers()).toEqual([]);
      console.log(
        `${name}: ${table.refused()} requests refused, ${refusals} answers of 503, settled after ${times.join(', ')} ms`,
      );
      expect(refusals > 0 || share < 1).toBe(true);
    },
  );
});
