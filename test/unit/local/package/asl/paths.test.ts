import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../../../local/json.ts';
import { checkPaths } from '../../../../../local/package/asl/paths.ts';
import { definitionSchema } from '../../../../../local/stepfunctions/engine/definition.ts';

const check = (states: JsonObject): readonly string[] =>
  checkPaths(definitionSchema.parse({ StartAt: 'A', States: states }), new Set(['id', 'fence']));

const call = (changes: JsonObject): JsonObject => ({ Type: 'Task', Resource: 'r', ...changes });
const read = (path: string, changes: JsonObject = { End: true }): Json =>
  call({ Parameters: { 'value.$': path }, ResultPath: null, ...changes });

test('takes what the input and earlier results hold as there', () => {
  expect(
    check({ A: call({ ResultPath: '$.made', Next: 'B' }), B: read('$.made.id', { Next: 'C' }), C: read('$.id') }),
  ).toEqual([]);
});

test('finds a key that no state has made', () => {
  expect(check({ A: read("States.Format('{}', $.made.id)") })).toEqual([
    'A: $.made.id of Parameters.value is not there on every way',
  ]);
});

test('finds a result that a catch leads around', () => {
  const caught = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'C' }];
  const states = { A: call({ ResultPath: '$.made', Catch: caught, Next: 'C' }), C: read('$.made') };
  expect(check(states)).toEqual(['C: $.made of Parameters.value is not there on every way']);
});

test('counts what a choice has found present', () => {
  const choice = { Type: 'Choice', Choices: [{ Variable: '$.extra', IsPresent: true, Next: 'B' }], Default: 'C' };
  expect(check({ A: choice, B: read('$.extra'), C: { Type: 'Succeed' } })).toEqual([]);
  expect(check({ A: { ...choice, Default: 'B' }, B: read('$.extra') })).toHaveLength(1);
});

test('counts a guard before a comparison of the same key', () => {
  const guarded = {
    And: [
      { Variable: '$.extra', IsPresent: true },
      { Variable: '$.extra', BooleanEquals: true },
    ],
    Next: 'B',
  };
  const bare = { Variable: '$.extra', BooleanEquals: true, Next: 'B' };
  const states = (rule: JsonObject) => ({
    A: { Type: 'Choice', Choices: [rule], Default: 'B' },
    B: { Type: 'Succeed' },
  });
  expect(check(states(guarded))).toEqual([]);
  expect(check(states(bare))).toEqual(['A: $.extra of Variable is not there on every way']);
});

test('gives the states of a Map what its selector makes and nothing else', () => {
  const each = (path: string) => ({
    A: {
      Type: 'Map',
      ItemSelector: { 'item.$': '$$.Map.Item.Value', 'id.$': '$.id' },
      ItemProcessor: { StartAt: 'B', States: { B: read(path) } },
      End: true,
    },
  });
  expect(check(each('$.item.name'))).toEqual([]);
  expect(check(each('$.fence'))).toEqual(['B: $.fence of Parameters.value is not there on every way']);
});

test('refuses a context path outside its place', () => {
  expect(check({ A: read('$$.Map.Item.Value') })).toHaveLength(1);
  expect(check({ A: read('$$.Execution.Name') })).toEqual([]);
});
