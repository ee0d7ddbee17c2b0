import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { routes } from '../../../../functions/api/handler.ts';
import { answers } from '../../../../functions/api/openapi/answers.ts';
import { apiPage, apiTables, placesHere, placesUpstream } from '../../../../local/docs/api/page.ts';
import { FIELDS, NOTES, OPERATIONS } from '../../../../local/docs/api/upstream.ts';

const page = readFileSync(new URL('../../../../docs/api.md', import.meta.url), 'utf8');

describe('the page of the API', () => {
  it('is what routes and schemas say', () => {
    expect(page).toBe(apiPage(page, routes));
  });

  it('has every operation of upstream, with its status', () => {
    const here = routes.map(({ method, path }) => [method, path, answers[`${method} ${path}`]?.status]);
    for (const operation of OPERATIONS) expect(here).toContainEqual(operation);
  });

  it.each(Object.entries(FIELDS))('has every field of upstream at %s, wherever upstream has it', (path, fields) => {
    const here = placesHere(path);
    for (const [field, places] of placesUpstream(fields)) expect([field, here.get(field)]).toEqual([field, places]);
  });

  it('misses nothing, and hides no difference', () => {
    expect(
      apiTables(routes)
        .split('\n')
        .filter((line) => line.includes('**')),
    ).toEqual([]);
  });

  it('has notes of what there is only', () => {
    const known = [
      ...OPERATIONS.map(([method, path]) => `${method} ${path}`),
      ...Object.entries(FIELDS).flatMap(([path, fields]) =>
        [...placesUpstream(fields).keys()].map((f) => `${path} ${f}`),
      ),
    ];
    expect(Object.keys(NOTES).filter((note) => !known.includes(note))).toEqual([]);
  });

  it('says of a field that is gone here that it is missing', () => {
    const without = routes.filter(({ path }) => path !== '/lbaas/loadbalancers/{id}/stats');
    expect(apiTables(without)).toContain('| `GET /lbaas/loadbalancers/{id}/stats` |  | **missing** |');
  });

  it('leads to headings there are', () => {
    const headings = [...page.matchAll(/^## (?<text>.+)$/gm)].map(
      ({ groups }) => `#${groups?.text?.toLowerCase().replaceAll(' ', '-')}`,
    );
    const links = [...page.matchAll(/\]\((?<to>#[^)]+)\)/g)].map(({ groups }) => groups?.to);
    expect(links.length).toBeGreaterThan(5);
    for (const link of links) expect(headings).toContain(link);
  });
});
