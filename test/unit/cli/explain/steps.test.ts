import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { STEPS, stepInWords } from '../../../../cli/explain/steps.ts';

const functions = readFileSync(resolve(import.meta.dirname, '../../../../functions/functions.yml'), 'utf8');
/** Functions of task states: those of the other concerns are no steps of a flow. */
const tasks = [...functions.matchAll(/^(\w+):\n {2}handler: dist\/functions\/(\w+)\//gm)]
  .filter(([, , concern = '']) => ['amphora', 'compute', 'database', 'network'].includes(concern))
  .map(([, name = '']) => name);

it('every step of a flow has its words, and nothing else has', () => {
  expect(tasks.length).toBeGreaterThan(30);
  expect(Object.keys(STEPS).toSorted()).toEqual(tasks.toSorted());
});

it('a step that is not known is named', () => {
  expect(stepInWords('ComputeCreate')).toBe('create the server of an amphora in Nova');
  expect(stepInWords('constructor')).toBe('run constructor');
});
