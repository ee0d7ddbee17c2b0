import { describe, expect, test } from 'vitest';
import { evaluate, fillTemplate } from '../../../../../local/stepfunctions/engine/expression.ts';
import { applyResultPath, queryPath } from '../../../../../local/stepfunctions/engine/path.ts';

const input = { a: { b: [1, 2, 3] }, 'odd key': 'o', name: "it's", list: [{ id: 'x' }, { id: 'y' }] };

describe('paths', () => {
  test.each([
    ['$', input],
    ['$.a.b[1]', 2],
    ['$.a.b[-1]', 3],
    ["$['odd key']", 'o'],
    ['$.list[*].id', ['x', 'y']],
    ['$.a.b[0:2]', [1, 2]],
    ['$.nowhere[*]', []],
    ['$$.Execution.Name', 'e'],
  ])('%s names %j', (path, value) => {
    expect(queryPath(path, input, { Execution: { Name: 'e' } })).toEqual(value);
  });

  test('that name nothing are undefined', () => {
    expect(queryPath('$.a.c', input, {})).toBeUndefined();
  });

  test('that this stack does not understand are refused', () => {
    expect(() => queryPath('$..id', input, {})).toThrow('not a path this stack understands');
  });

  test('place a result without touching the input', () => {
    const before = { a: { b: 1 } };
    expect(applyResultPath(before, '$.a.c.d', 2)).toEqual({ a: { b: 1, c: { d: 2 } } });
    expect(before).toEqual({ a: { b: 1 } });
    expect(applyResultPath(before, null, 2)).toBe(before);
    expect(() => applyResultPath(before, '$.a.b.c', 2)).toThrow('States.ResultPathMatchFailure');
  });
});

describe('intrinsic functions', () => {
  test.each([
    ["States.Format('{} and {}', $.a.b[0], 'x')", '1 and x'],
    ["States.Format('\\{{}\\}', 1)", '{1}'],
    ["States.Format('it\\'s {}', $.name)", "it's it's"],
    ['States.Array($.a, 1, null)', [input.a, 1, null]],
    ['States.ArrayLength($.a.b)', 3],
    ['States.ArrayContains($.a.b, 2)', true],
    ['States.ArrayGetItem($.list, 1)', { id: 'y' }],
    ['States.ArrayRange(1, 5, 2)', [1, 3, 5]],
    ['States.ArrayPartition($.a.b, 2)', [[1, 2], [3]]],
    ['States.MathAdd($.a.b[0], -1)', 0],
    ['States.StringToJson(States.JsonToString($.a))', input.a],
    ['States.JsonMerge($.a, States.StringToJson(\'{"c":1}\'), false)', { ...input.a, c: 1 }],
    ["States.StringSplit('a,b;c', ',;')", ['a', 'b', 'c']],
    ["States.Base64Decode(States.Base64Encode('ä'))", 'ä'],
  ])('%s is %j', (source, value) => {
    expect(evaluate(source, input, {})).toEqual(value);
  });

  test('keep backslashes in JSON text', () => {
    expect(evaluate('States.JsonToString($.text)', { text: 'a\\b"c' }, {})).toBe('"a\\\\b\\"c"');
  });

  test('make a new UUID each time', () => {
    expect(evaluate('States.UUID()', {}, {})).not.toBe(evaluate('States.UUID()', {}, {}));
  });

  test.each(['States.Nothing()', "States.Format('{}')", "States.Format('x', 1)", 'States.ArrayLength($.name)', 'x'])(
    '%s fails',
    (source) => {
      expect(() => evaluate(source, input, {})).toThrow('States.IntrinsicFailure');
    },
  );
});

test('templates fill keys that end in .$ at any depth', () => {
  const template = { 'x.$': '$.a.b[0]', deep: [{ 'y.$': '$$.Task.Id' }], kept: '$.a' };
  expect(fillTemplate(template, input, { Task: { Id: 't' } })).toEqual({ x: 1, deep: [{ y: 't' }], kept: '$.a' });
});
