import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FLOW_FACTS, FLOWS } from '../../../lib/models/flows.ts';
import { placedStates } from '../../../local/package/asl/walk.ts';
import { checkFlow } from '../../../local/package/check-asl.ts';
import { checkFunctions } from '../../../local/package/check-functions.ts';
import { handlerSources } from '../../../local/package/source/handlers.ts';
import { loadService } from '../../../local/package/source/service.ts';

const root = resolve(import.meta.dirname, '../../..');
const { flows, functions } = loadService(root, 'test');

test.each(flows.map((flow) => [flow.name, flow] as const))('%s keeps every rule', (_, flow) => {
  expect(checkFlow(flow, functions)).toEqual([]);
});

test('the machines are the flows of the table', () => {
  expect(flows.map(({ name }) => name).toSorted()).toEqual(FLOWS.toSorted());
});

/** What a flow whose rollback ends in that state leaves behind, and on what. */
const ENDS: Readonly<Record<string, string>> = {
  MarkLBErrorInDB: 'load_balancer: error',
  MarkChangesErrorInDB: 'load_balancer: active',
  MarkAmphoraErrorInDB: 'amphora: error',
  ReleaseAmphora: 'amphora: as it was',
};

describe.each(FLOWS)('the facts about %s are those of its machine:', (name) => {
  const facts = FLOW_FACTS[name];
  const machine = flows.find((flow) => flow.name === name);
  if (machine === undefined) throw new Error(`${name} has no machine`);
  const placed = [...placedStates(machine.definition)];
  const has = (state: string): boolean => placed.some((one) => one.name === state);

  test('whose lock it holds, and what its target is when it fails', () => {
    const ends = Object.keys(ENDS).filter(has);
    expect(ends.map((state) => ENDS[state])).toEqual([`${facts.target}: ${facts.givenUp}`]);
  });

  test('whether it builds amphorae, and several side by side', () => {
    expect(has('ComputeCreate')).toBe(facts.comes !== 'none');
    const maps = placed.flatMap(({ state }) => (state.Type === 'Map' ? [state] : []));
    const building = maps.find(({ ItemProcessor: inner }) =>
      inner === undefined ? false : [...placedStates(inner)].some((state) => state.name === 'ComputeCreate'),
    );
    expect(building !== undefined && building.MaxConcurrency !== 1).toBe(facts.buildsAtOnce);
  });

  test('whether it deletes amphorae, or all of the load balancer', () => {
    expect(has('MarkAmphoraDeletedInDB') || has('MarkLBDeletedInDB')).toBe(facts.goes !== 'none');
    expect(has('MarkLBDeletedInDB')).toBe(facts.goes === 'everything');
  });

  test('whether it takes further changes along', () => {
    expect(has('SettleChanges')).toBe(facts.joinable);
  });
});

test('functions, handlers and the flows’ tasks say the same', async () => {
  expect(checkFunctions(functions, await handlerSources(root), flows)).toEqual([]);
});
