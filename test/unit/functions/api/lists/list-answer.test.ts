import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { answerBytes, MOST_ANSWER_BYTES } from '../../../../../functions/api/answers/answer-size.ts';
import { type Listing, listAnswer } from '../../../../../functions/api/lists/list-answer.ts';
import type { View } from '../../../../../functions/api/lists/match.ts';
import type { Kept, Source } from '../../../../../functions/api/lists/page.ts';
import type { ApiRequest } from '../../../../../functions/api/request/request.ts';

const request = (query: string): ApiRequest => ({
  requestId: 'req',
  path: '/v2.0/lbaas/things',
  origin: 'http://lb',
  params: {},
  query: new URLSearchParams(query),
  headers: {},
  body: undefined,
  caller: {
    userId: 'u',
    projectId: 'p',
    roles: [],
    systemScope: false,
    unrestricted: true,
    token: null,
    serviceToken: null,
  },
  action: 'os_load-balancer_api:loadbalancer:get_all',
  allows: () => true,
});

const listing: Listing = {
  plural: 'things',
  searchable: ['id', 'name', 'project_id', 'admin_state_up', 'weight', 'created_at'],
  maxLimit: 1000,
};

const things: readonly View[] = [
  { id: 'a', name: 'one', project_id: 'p', admin_state_up: true, weight: 10, created_at: '3', tags: ['x', 'y'] },
  { id: 'b', name: 'two', project_id: 'p', admin_state_up: false, weight: 9, created_at: '2', tags: ['x'] },
  { id: 'c', name: 'two', project_id: 'q', admin_state_up: true, weight: null, created_at: '1', tags: [] },
];

const bodySchema = z.object({
  things: z.array(z.looseObject({ id: z.string().optional() })),
  things_links: z.array(z.object({ rel: z.string(), href: z.string() })),
});

const list = async (query: string, changes: Partial<Listing> = {}, source: Source = things) =>
  bodySchema.parse((await listAnswer(request(query), { ...listing, ...changes }, source)).body);
/** The same kept in the order of creation; notes how many of them were read. */
const kept = (views: readonly View[], read = { count: 0 }): Kept => {
  const placeOf = ({ created_at, id }: View): string => `${created_at}#${id}`;
  const inOrder = views.toSorted((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1));
  return {
    stored: { name: 'name' },
    walk: async function* ({ from, descending, having }) {
      const names = having.get('name');
      for (const view of descending ? inOrder.toReversed() : inOrder) {
        const isBehind = from === null || (descending ? placeOf(view) < from : placeOf(view) > from);
        if (!isBehind || (names !== undefined && !names.includes(String(view.name)))) continue;
        read.count += 1;
        yield view;
      }
    },
    findMarker: async (id) => {
      const view = id === 'gone' ? { id, created_at: '1' } : views.find((one) => one.id === id);
      return view === undefined ? null : { view, place: placeOf(view) };
    },
  };
};

/** All pages one after the other, or from the last one back. */
const paged = async (order: string, limit: number, source: Source): Promise<readonly unknown[]> => {
  const ids: unknown[] = [];
  for (let marker = ''; ; marker = `&marker=${ids.at(-1)}`) {
    const { things: page } = await list(`${order}&limit=${limit}${marker}`, {}, source);
    ids.push(...page.map(({ id }) => id));
    if (page.length < limit) return ids;
  }
};
const pagedBack = async (order: string, limit: number, source: Source): Promise<readonly unknown[]> => {
  const ids: unknown[] = [];
  for (let marker = ''; ; marker = `&marker=${ids[0]}`) {
    const { things: page } = await list(`${order}&limit=${limit}&page_reverse=True${marker}`, {}, source);
    ids.unshift(...page.map(({ id }) => id));
    if (page.length < limit) return ids;
  }
};

const idsOf = async (query: string, changes: Partial<Listing> = {}) =>
  (await list(query, changes)).things.map(({ id }) => id).join('');

describe('filters', () => {
  it.each([
    ['', 'cba'],
    ['name=two', 'cb'],
    ['name=two&project_id=p', 'b'],
    ['tenant_id=q', 'c'],
    ['name=one&name=two', 'cba'],
    ['admin_state_up=True', 'ca'],
    ['admin_state_up=0', 'b'],
    ['weight=9', 'b'],
    ['name=nobody', ''],
    ['tags=x', 'ba'],
    ['tags=x,y', 'a'],
    ['tags=x&tags=y', 'a'],
    ['tags=', ''],
    ['not-tags-any=', 'cba'],
    ['tags-any=y,z', 'a'],
    ['not-tags=x,y', 'cb'],
    ['not-tags-any=x', 'c'],
  ])('%s leaves %s', async (query, ids) => {
    expect(await idsOf(query)).toBe(ids);
  });

  it.each(['color=red', 'project_id=p&tenant_id=p'])('%s is refused', async (query) => {
    await expect(list(query)).rejects.toThrow('One or more arguments are either duplicate or invalid');
  });
});

describe('the order', () => {
  it.each([
    ['sort=name,id:desc', 'acb'],
    ['sort=name:desc', 'cba'],
    ['sort_key=weight', 'cba'],
    ['sort_key=weight&sort_dir=desc', 'abc'],
    ['sort_key=name,created_at&sort_dir=asc,desc', 'abc'],
  ])('%s is %s', async (query, ids) => {
    expect(await idsOf(query)).toBe(ids);
  });

  it.each([
    ['sort=color', "Supplied sort key 'color' is not valid."],
    ['sort=name:up', "Supplied sort direction 'up' is not valid."],
    ['sort_key=name&sort_dir=up', "Supplied sort direction 'up' is not valid."],
  ])('%s is refused', async (query, text) => {
    await expect(list(query)).rejects.toThrow(text);
  });

  it.each([
    ['limit=x', "Supplied pagination limit 'x' is not valid."],
    ['sort_key=name&sort_dir=up', "Supplied sort direction 'up' is not valid."],
    ['sort=name:asc:x', "Supplied sort key '['name', 'asc', 'x']' is not valid."],
  ])('%s is refused in the shape of the web framework', async (query, description) => {
    await expect(list(query)).rejects.toMatchObject({ body: { code: 400, title: 'Bad Request', description } });
  });
});

describe('pages', () => {
  it('link to the next one when they are full, with filters and order', async () => {
    const { things_links } = await list('limit=2&name=two&sort=name');
    const href = 'http://lb/v2.0/lbaas/things?limit=2&name=two&sort=name&marker=b';
    expect(things_links).toEqual([{ rel: 'next', href }]);
  });

  it('link to the previous one when a marker led to them', async () => {
    const { things: page, things_links } = await list('limit=1&marker=c');
    expect(page.map(({ id }) => id)).toEqual(['b']);
    expect(things_links).toEqual([
      { rel: 'previous', href: 'http://lb/v2.0/lbaas/things?limit=1&marker=b&page_reverse=True' },
      { rel: 'next', href: 'http://lb/v2.0/lbaas/things?limit=1&marker=b' },
    ]);
  });

  it('hold what comes right before the marker when asked in reverse', async () => {
    expect(await idsOf('limit=1&marker=a&page_reverse=True')).toBe('b');
  });

  it('are refused behind an unknown marker, and with a limit that is none', async () => {
    await expect(list('marker=zzz')).rejects.toThrow("Supplied pagination marker 'zzz' is not valid.");
    await expect(list('limit=many')).rejects.toThrow("Supplied pagination limit 'many' is not valid.");
  });

  it.each(['limit=0', 'limit=-1', 'limit=infinite', 'limit=5000'])('are as long as allowed with %s', async (query) => {
    expect(await idsOf(query, { maxLimit: 2 })).toBe('cb');
  });

  it('together hold everything once and in order, whatever the order and the page size', async () => {
    const view = fc.record({
      id: fc.uuid(),
      name: fc.constantFrom('x', 'y', null),
      weight: fc.option(fc.integer({ min: 0, max: 3 })),
      created_at: fc.constantFrom('1', '2'),
    });
    const views = fc.uniqueArray(view, { selector: ({ id }) => id, maxLength: 12 });
    const sort = fc.constantFrom('', 'sort=name', 'sort=weight:desc,name', 'sort=created_at:desc');
    await fc.assert(
      fc.asyncProperty(views, sort, fc.integer({ min: 1, max: 5 }), async (all, order, limit) => {
        for (const source of [all, kept(all)]) {
          const whole = (await list(order, {}, source)).things.map(({ id }) => id);
          expect(await paged(order, limit, source)).toEqual(whole);
          expect(await pagedBack(order, limit, source)).toEqual(whole);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('a list that is kept in the order of creation', () => {
  const many: readonly View[] = Array.from({ length: 50 }, (_, index) => ({
    id: String(index).padStart(2, '0'),
    name: index % 10 === 0 ? 'tenth' : 'other',
    created_at: '1',
  }));
  const asked = async (query: string) => {
    const read = { count: 0 };
    const { things: page } = await list(query, {}, kept(many, read));
    return [page.map(({ id }) => id).join(' '), read.count];
  };

  it.each([
    ['limit=3', '00 01 02', 3],
    ['limit=3&marker=10', '11 12 13', 3],
    ['limit=2&sort=created_at:desc', '49 48', 2],
    ['limit=2&marker=10&page_reverse=True', '08 09', 2],
    ['limit=2&sort=created_at:desc&marker=10&page_reverse=True', '12 11', 2],
    ['limit=2&name=tenth', '00 10', 2],
    ['name=tenth&marker=20', '30 40', 2],
    ['name=nobody', '', 0],
    ['limit=1&sort=name:desc', '00', 50],
  ])('%s answers "%s" and reads %i', async (query, ids, read) => {
    expect(await asked(query)).toEqual([ids, read]);
  });

  it('goes on behind something that is gone from it, in any order', async () => {
    const after = async (query: string) => (await list(query, {}, kept(things))).things.map(({ id }) => id).join('');
    expect([await after('marker=gone'), await after('marker=gone&sort=name')]).toEqual(['ba', 'acb']);
  });

  it('is refused behind an unknown marker, in any order', async () => {
    for (const query of ['marker=zzz', 'marker=zzz&sort=name']) {
      await expect(list(query, {}, kept(many))).rejects.toThrow("Supplied pagination marker 'zzz' is not valid.");
    }
  });
});

describe('fields', () => {
  it.each(['fields=id&fields=name', 'fields=id,name'])('%s narrows every object', async (query) => {
    const { things: page } = await list(query);
    expect(page[0]).toEqual({ id: 'c', name: 'two' });
  });
});

describe('a page that would be larger than an answer', () => {
  const large: readonly View[] = Array.from({ length: 300 }, (_, index) => ({
    id: String(index).padStart(3, '0'),
    name: 'x'.repeat(40_000),
  }));

  it.each([
    ['limit=1000', 'next'],
    ['limit=1000&page_reverse=True', 'previous'],
  ])('is shorter, and links to what it leaves out: %s', async (first, rel) => {
    const ids: unknown[] = [];
    let pages = 0;
    for (let query: string | undefined = first; query !== undefined && pages < 10; pages += 1) {
      const { things: page, things_links: links } = await list(query, {}, large);
      expect(answerBytes(page)).toBeLessThan(MOST_ANSWER_BYTES + 10);
      if (page.length === 0) break;
      ids[rel === 'next' ? 'push' : 'unshift'](...page.map(({ id }) => id));
      query = links.find((link) => link.rel === rel)?.href.split('?')[1];
    }
    expect(pages).toBeGreaterThanOrEqual(3);
    expect(ids).toEqual(large.map(({ id }) => id));
  });

  it('is whole when only small fields of it are wanted', async () => {
    expect((await list('fields=id', {}, large)).things).toHaveLength(300);
  });

  it('has one object at least, however large that is', async () => {
    const huge: readonly View[] = ['a', 'b'].map((id) => ({ id, name: 'x'.repeat(6_000_000) }));
    expect((await list('', {}, huge)).things.map(({ id }) => id)).toEqual(['a']);
  });
});
