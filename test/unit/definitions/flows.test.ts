import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { FLOWS } from '../../../lib/models/operation.ts';
import { checkFlow } from '../../../local/package/check-asl.ts';
import { checkFunctions } from '../../../local/package/check-functions.ts';
import { handlerSources } from '../../../local/package/source/handlers.ts';
import { loadService } from '../../../local/package/source/service.ts';

const root = resolve(import.meta.dirname, '../../..');
const { flows, functions } = loadService(root, 'test');

test.each(flows.map((flow) => [flow.name, flow] as const))('%s keeps every rule', (_, flow) => {
  expect(checkFlow(flow, functions)).toEqual([]);
});

test('every machine is a flow the library knows', () => {
  expect(flows.map((flow) => flow.name).filter((name) => !FLOWS.some((known) => known === name))).toEqual([]);
});

test('functions, handlers and the flows’ tasks say the same', async () => {
  expect(checkFunctions(functions, await handlerSources(root), flows)).toEqual([]);
});
