import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { routes } from '../../../../functions/api/handler.ts';
import { answers } from '../../../../functions/api/openapi/answers.ts';
import { requestBodies } from '../../../../functions/api/openapi/request-bodies.ts';
import { describeApi, descriptionText } from '../../../../local/docs/openapi.ts';
import { testApi } from '../../functions/api/support/api.ts';

const FILE = new URL('../../../../functions/api/openapi/openapi.json', import.meta.url);

const described = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.looseObject({ operationId: z.string() }))),
});

/** Routes that change something without being told more than in their path and query. */
const WITHOUT_BODY = /failover$|config$|redrive$/;

test('the description that is served is what routes and schemas say', async () => {
  const text = readFileSync(FILE, 'utf8');
  expect(text).toBe(descriptionText(describeApi(routes)));
  const answer = await testApi().call('/openapi.json');
  expect([answer.status, answer.body]).toEqual([200, JSON.parse(text)]);
});

test('every operation has a name of its own', () => {
  const names = Object.values(described.parse(describeApi(routes)).paths).flatMap((path) =>
    Object.values(path).map(({ operationId }) => operationId),
  );
  expect(names).toHaveLength(routes.length);
  expect(new Set(names).size).toBe(names.length);
});

test('every route that takes a body says which, and nothing else does', () => {
  const written = routes
    .filter(({ method, path }) => (method === 'POST' || method === 'PUT') && !WITHOUT_BODY.test(path))
    .map(({ method, path }) => `${method} ${path}`);
  expect(Object.keys(requestBodies).sort()).toEqual(written.sort());
});

test('every route says what it answers, and nothing else does', () => {
  expect(Object.keys(answers).sort()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).sort());
});

test('whatever is referred to is described', () => {
  const text = descriptionText(describeApi(routes));
  const components = z
    .object({ components: z.record(z.string(), z.record(z.string(), z.unknown())) })
    .parse(JSON.parse(text)).components;
  const known = Object.entries(components).flatMap(([kind, named]) =>
    Object.keys(named).map((name) => `#/components/${kind}/${name}`),
  );
  const referred = new Set([...text.matchAll(/"\$ref": ?"(?<to>[^"]+)"/g)].map(({ groups }) => groups?.to));
  expect([...referred].filter((to) => !known.includes(to ?? ''))).toEqual([]);
  expect(referred.size).toBeGreaterThan(20);
});

test('an answer that `fields` narrows requires no field of its objects', () => {
  const { components } = z
    .object({ components: z.object({ schemas: z.record(z.string(), z.looseObject({})) }) })
    .parse(describeApi(routes));
  const parts = Object.entries(components.schemas).filter(([name]) => name.endsWith('Part'));
  expect(parts.map(([name]) => name)).toEqual(expect.arrayContaining(['ListenerPart', 'LoadBalancerPart', 'PoolPart']));
  expect(parts.filter(([, schema]) => 'required' in schema)).toEqual([]);
  const text = descriptionText(describeApi(routes));
  const shown = [
    ...text.matchAll(/"operationId": ?"getLbaas(?:Listeners|Pools)(?:ById)?",[\s\S]*?"responses": ?(.*)/g),
  ];
  expect(shown).toHaveLength(4);
  for (const [, responses] of shown) expect(responses).toMatch(/schemas\/(?:Listener|Pool)Part"/);
});
