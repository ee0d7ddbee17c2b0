import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { flowsPage } from '../../../../local/docs/flows-page.ts';
import { drawFlow } from '../../../../local/docs/mermaid.ts';
import { loadService } from '../../../../local/package/source/service.ts';
import { definitionSchema } from '../../../../local/stepfunctions/engine/definition.ts';

const root = resolve(import.meta.dirname, '../../../..');

const draw = (states: object) =>
  drawFlow(definitionSchema.parse({ StartAt: 'A', States: states }))
    .split('\n')
    .map((line) => line.trim());

test('docs/flows.md is what the definitions say', () => {
  expect(readFileSync(resolve(root, 'docs/flows.md'), 'utf8')).toBe(flowsPage(loadService(root, 'test').flows));
});

test('draws ways, catches and failing ends', () => {
  const lines = draw({
    A: { Type: 'Task', Resource: 'r', Next: 'B', Catch: [{ ErrorEquals: ['States.ALL'], Next: 'C' }] },
    B: { Type: 'Succeed' },
    C: { Type: 'Fail' },
  });
  expect(lines).toEqual([
    'stateDiagram-v2',
    '[*] --> A',
    'A --> B',
    'A --> C: any error',
    'B --> [*]',
    'C --> [*]',
    'classDef failed stroke-dasharray: 4',
    'class C failed',
  ]);
});

test('draws a Map around its states, and branches beside each other', () => {
  const inner = (name: string) => ({ StartAt: name, States: { [name]: { Type: 'Pass', End: true } } });
  const lines = draw({
    A: { Type: 'Map', ItemProcessor: inner('M'), Next: 'P' },
    P: { Type: 'Parallel', Branches: [inner('X'), inner('Y')], End: true },
  });
  expect(lines).toContain('state "A, for each" as A');
  expect(lines.slice(lines.indexOf('state P {'), lines.indexOf('state P {') + 7)).toEqual([
    'state P {',
    '[*] --> X',
    'X --> [*]',
    '--',
    '[*] --> Y',
    'Y --> [*]',
    '}',
  ]);
});

test('names the condition of each way out of a Choice', () => {
  const lines = draw({
    A: { Type: 'Choice', Choices: [{ Variable: '$.ready', BooleanEquals: true, Next: 'B' }], Default: 'C' },
    B: { Type: 'Succeed' },
    C: { Type: 'Succeed' },
  });
  expect(lines).toContain('A --> B: ready BooleanEquals true');
  expect(lines).toContain('A --> C: otherwise');
});
