import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { tableUseOf } from '../../../../../bench/local/table-use.ts';
import { walkLoadBalancers } from '../../../../../lib/repositories/objects/load-balancers.ts';
import { listPlace } from '../../../../../lib/repositories/table/keys.ts';
import type { Walk } from '../../../../../lib/repositories/table/query.ts';
import { newLoadBalancer } from '../../../../fixtures/load-balancer.ts';
import { rowsAtRest, writeRows } from '../../../../fixtures/rows-at-rest.ts';
import { useTable } from '../../../../helpers/table.ts';

const project_id = randomUUID();
const createdAt = (second: number): string => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`;
const all = Array.from({ length: 30 }, (_, index) =>
  newLoadBalancer({ project_id, name: `lb${index}`, created_at: createdAt(index) }),
);
const placeOf = (index: number): string => listPlace(createdAt(index), String(all[index]?.id));

beforeAll(async () => {
  await useTable();
  await writeRows(all.flatMap((one) => rowsAtRest(one)));
});

/** The names of the first `count`, and what was asked of the table for them. */
const walked = async (count: number, changes: Partial<Walk> = {}) => {
  const names: string[] = [];
  const walk: Walk = { from: null, descending: false, having: new Map(), wanted: count, ...changes };
  const { requests, readUnits } = await tableUseOf(async () => {
    for await (const { name } of walkLoadBalancers(project_id, walk)) {
      names.push(name);
      if (names.length === count) break;
    }
  });
  return { names, requests, readUnits };
};

describe('a walk through a list', () => {
  it('reads no more than is wanted', async () => {
    const [few, whole] = [await walked(3), await walked(30)];
    expect([few.names, few.requests]).toEqual([['lb0', 'lb1', 'lb2'], 1]);
    expect(whole.names).toHaveLength(30);
    expect(few.readUnits * 4).toBeLessThan(whole.readUnits);
  });

  it('goes on when more is asked for than was wanted', async () => {
    expect(await walked(5, { wanted: 2 })).toMatchObject({ names: ['lb0', 'lb1', 'lb2', 'lb3', 'lb4'], requests: 3 });
  });

  it('begins behind a place, in either direction', async () => {
    expect((await walked(2, { from: placeOf(10) })).names).toEqual(['lb11', 'lb12']);
    expect((await walked(2, { from: placeOf(10), descending: true })).names).toEqual(['lb9', 'lb8']);
    expect((await walked(2, { descending: true })).names).toEqual(['lb29', 'lb28']);
    expect((await walked(2, { from: placeOf(29) })).names).toEqual([]);
  });

  it('answers what has the texts, with one request', async () => {
    const having = new Map([
      ['name', ['lb7', 'lb20', 'lb21']],
      ['id', [String(all[7]?.id), String(all[20]?.id)]],
    ]);
    expect(await walked(3, { having, wanted: 1 })).toMatchObject({ names: ['lb7', 'lb20'], requests: 1 });
  });

  it('leaves more than 100 texts to the next read', async () => {
    const having = new Map([['name', Array.from({ length: 101 }, () => 'lb7')]]);
    expect((await walked(2, { having })).names).toEqual(['lb0', 'lb1']);
  });
});
