import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(resolve(root, path), 'utf8');
const files = globSync('{functions,containers,lib}/**/*.yml', { cwd: root });
const alarms = files.flatMap((path) =>
  [...read(path).matchAll(/^ +(\w+):\n +Type: AWS::CloudWatch::Alarm$/gm)].map(([, name = '']) => name),
);
const sections = new Map(
  read('docs/runbook.md')
    .split(/^### /m)
    .slice(1)
    .map((section) => [section.split('\n')[0] ?? '', section]),
);

test('the runbook has a section for each alarm, and no other', () => {
  expect(alarms.length).toBeGreaterThan(10);
  expect([...sections.keys()].sort()).toEqual([...alarms].sort());
});

test.each([...sections])('the runbook says symptom, check and remedy of %s', (_name, section) => {
  expect([...section.matchAll(/^- (\w+): \S/gm)].map(([, word]) => word)).toEqual(['Symptom', 'Check', 'Remedy']);
});

test.each(alarms)('the description of %s names its section', (name) => {
  const descriptions = files.flatMap((path) =>
    [...read(path).matchAll(/AlarmDescription: (.*)/g)].map(([, text]) => text),
  );
  expect(descriptions.filter((text) => text?.endsWith(`docs/runbook.md, ${name}.`))).toHaveLength(1);
});
