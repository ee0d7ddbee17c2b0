import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { answerBytes } from '../../../../functions/api/answers/answer-size.ts';
import type { Pool } from '../../../../lib/models/objects/pool.ts';
import { newListener, newMember, newPool } from '../../../fixtures/children.ts';
import { newLoadBalancer } from '../../../fixtures/load-balancer.ts';
import { rowsAtRest, writeRows } from '../../../fixtures/rows-at-rest.ts';
import { useTable } from '../../../helpers/table.ts';
import { interceptRequests } from '../../lib/repositories/support/requests.ts';
import { testApi } from './support/api.ts';
import { faultOf, pageOf } from './support/read.ts';

beforeAll(useTable);

const LIST = '/v2.0/lbaas/loadbalancers';
/** Each character of it is seven bytes in the function's answer. */
const LONGEST_NAME = '\u0001'.repeat(255);

/** What asks the table while `work` runs, by the index or key that it names. */
const askedBy = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
  const asked: string[] = [];
  const stop = interceptRequests(async (input, send) => {
    asked.push(input);
    await send();
  });
  try {
    await work();
  } finally {
    stop();
  }
  return asked;
};

const manyLoadBalancers = async (): Promise<string> => {
  const project_id = randomUUID();
  const many = Array.from({ length: 1_000 }, (_, index) =>
    newLoadBalancer({ project_id, name: `lb-${index}`, created_at: new Date(index).toISOString() }),
  );
  await writeRows(many.flatMap((one) => rowsAtRest(one)));
  return project_id;
};

describe('a list of load balancers', () => {
  it('of 1,000 is one page, asked of the indexes of their project alone', async () => {
    const api = testApi();
    const project = await manyLoadBalancers();
    const token = api.tokenFor(project, 'member');
    const asked = await askedBy(async () => {
      const answer = await api.call(`${LIST}?limit=1000`, { token });
      expect(pageOf(answer).loadbalancers).toHaveLength(1_000);
      expect(answerBytes(answer.body)).toBeLessThan(1_500_000);
    });
    expect(asked.every((input) => input.includes('"IndexName":"by_project"') && input.includes(project))).toBe(true);
    // Two megabytes of rows, a megabyte a page, and one look each for listeners and pools.
    expect(asked.length).toBeLessThanOrEqual(5);
  });
});

describe('a load balancer with many members', () => {
  const stored = async (length: number, name: string, listeners: number) => {
    const owner = newLoadBalancer();
    const pool: Pool = newPool(owner, { name });
    const members = Array.from({ length }, (_, index) =>
      newMember(pool, { name, ip_address: `10.${index >> 8}.${index & 255}.1`, protocol_port: 65_535 }),
    );
    const users = Array.from({ length: listeners }, (_, index) =>
      newListener(owner, { default_pool_id: pool.id, protocol_port: 80 + index, peer_port: 1025 + index }),
    );
    await writeRows(
      rowsAtRest(owner, [
        ...users.map((object) => ({ kind: 'listener', object }) as const),
        { kind: 'pool', object: pool },
        ...members.map((object) => ({ kind: 'member', object }) as const),
      ]),
    );
    const api = testApi();
    const token = api.tokenFor(owner.project_id, 'member');
    return { id: owner.id, pool, show: (path: string) => api.call(`/v2.0/lbaas/${path}`, { token }) };
  };

  it('shows the status tree of 2,000, asked of its own partition alone, also with the longest names', async () => {
    const { id, show } = await stored(2_000, LONGEST_NAME, 1);
    const asked = await askedBy(async () => {
      const answer = await show(`loadbalancers/${id}/status`);
      expect(answer.status).toBe(200);
      expect(JSON.stringify(answer.body).match(/"protocol_port"/g)).toHaveLength(2_000);
      expect(answerBytes(answer.body)).toBeLessThan(4_300_000);
    });
    expect(asked.every((input) => input.includes(`LB#${id}`))).toBe(true);
    expect(asked.length).toBeLessThanOrEqual(7);
  });

  it('is refused with the size of its status tree and what to ask for, when an answer cannot hold it', async () => {
    const { id, pool, show } = await stored(1_000, '', 40);
    const answer = await show(`loadbalancers/${id}/status`);
    expect(answer.status).toBe(400);
    expect(faultOf(answer)).toMatch(
      new RegExp(
        `^The status tree of load balancer ${id} would have 7\\d{6} bytes, and an answer may have 5500000: list `,
      ),
    );
    const members = await show(`pools/${pool.id}/members?limit=1000`);
    expect([members.status, Array.isArray(members.body.members) && members.body.members.length]).toEqual([200, 1_000]);
  });
});
