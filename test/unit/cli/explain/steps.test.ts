import { expect, it } from 'vitest';
import { STEPS, stepInWords } from '../../../../cli/explain/steps.ts';
import { FUNCTIONS } from '../../../../functions/tables/functions.ts';

const { amphora, compute, database, network } = FUNCTIONS;
/** Functions of task states. */
const tasks = [amphora, compute, database, network].flatMap((functions) => Object.keys(functions));

it('every step of a flow has its words, and nothing else has', () => {
  expect(tasks.length).toBeGreaterThan(30);
  expect(Object.keys(STEPS).toSorted()).toEqual(tasks.toSorted());
});

it('a step that is not known is named', () => {
  expect(stepInWords('ComputeCreate')).toBe('create the server of an amphora in Nova');
  expect(stepInWords('constructor')).toBe('run constructor');
});
