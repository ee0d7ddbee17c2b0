import { expect, test } from 'vitest';
import { checkFunctions } from '../../../../local/package/check-functions.ts';
import { functionArn } from '../../../../local/package/source/function-arns.ts';
import type { Flow, FunctionEntry } from '../../../../local/package/source/service.ts';
import { definitionSchema } from '../../../../local/stepfunctions/engine/definition.ts';

const entry = (key: string, source: string, hasEvents = false): FunctionEntry => ({
  key,
  source,
  bundle: '',
  packaged: '',
  timeout: 15,
  hasEvents,
});

const calling = (key: string): Flow => {
  const source = { StartAt: 'A', States: { A: { Type: 'Task', Resource: functionArn(key), End: true } } };
  return { name: 'flow', source, definition: definitionSchema.parse(source) };
};

const plug = entry('PlugVIPAmphora', 'functions/amphora/plug-vip-amphora.ts');

test('passes when each function has its file and its caller', () => {
  const api = entry('Api', 'functions/api/handler.ts', true);
  expect(checkFunctions([plug, api], [plug.source, api.source], [calling('PlugVIPAmphora')])).toEqual([]);
});

test('finds a function without a file, and a file without a function', () => {
  expect(checkFunctions([plug], ['functions/amphora/other.ts'], [calling('PlugVIPAmphora')])).toEqual([
    'PlugVIPAmphora: functions/amphora/plug-vip-amphora.ts does not exist',
    'functions/amphora/other.ts: no function runs it',
  ]);
});

test('finds a function that nothing calls, and a call of none', () => {
  expect(checkFunctions([plug], [plug.source], [calling('AmphoraWait')])).toEqual([
    'AmphoraWait: a flow calls it, and there is no such function',
    'PlugVIPAmphora: nothing calls it',
  ]);
});
