import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { readService } from '../../../local/definitions/definitions.ts';

const root = resolve(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(resolve(root, path), 'utf8');
const shape = z.object({
  resources: z.array(
    z.object({
      Resources: z
        .record(
          z.string(),
          z.object({ Type: z.string(), Properties: z.object({ AlarmDescription: z.string().optional() }).optional() }),
        )
        .optional(),
    }),
  ),
});
const { service } = readService({
  file: resolve(root, 'serverless.yml'),
  environment: { HEARTBEAT_RECEIVERS: 'fargate' },
});
const descriptions = shape
  .parse(service)
  .resources.flatMap(({ Resources }) => Object.entries(Resources ?? {}))
  .filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm')
  .map(([name, { Properties }]): [string, string] => [name, Properties?.AlarmDescription ?? '']);
const alarms = descriptions.map(([name]) => name);
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

test.each(descriptions)('the description of %s names its section', (name, description) => {
  expect(description.endsWith(`docs/runbook.md, ${name}.`)).toBe(true);
});
