import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readOptions, readStageFile, StageError, stageTarget } from '../../../../local/package/stage-file.ts';

const repository = resolve(import.meta.dirname, '../../../..');
let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'stages-'));
  mkdirSync(join(root, 'stages'));
  const example = readFileSync(join(repository, 'stages/example.yml'), 'utf8');
  writeFileSync(join(root, 'stages/right.yml'), example);
  writeFileSync(join(root, 'stages/wrong.yml'), `${example.replace(/^AMP_FLAVOR_ID.*$/m, '')}LOG_LEVEL: LOUD\n`);
});
afterAll(() => rmSync(root, { recursive: true }));

test("a stage's name picks its file", () => {
  expect(readStageFile(root, stageTarget(root, 'right'))).toMatchObject({ AWS_REGION: 'eu-central-1' });
});

test('every line about a wrong file names it', () => {
  const read = () => readStageFile(root, stageTarget(root, 'wrong'));
  expect(read).toThrow(StageError);
  expect(read).toThrow(
    'stages/wrong.yml: LOG_LEVEL: must be one of DEBUG, INFO, WARN, ERROR, SILENT, is "LOUD"\n' +
      'stages/wrong.yml: AMP_FLAVOR_ID: is required and not set; must be a text',
  );
});

test('a stage without a file is refused with those that there are', () => {
  expect(() => stageTarget(root, 'prod')).toThrow('stages/prod.yml: does not exist; stages/ has right.yml, wrong.yml.');
});

test.each(['../right', 'Right', '', 'a'.repeat(31)])('the name %j is refused', (name) => {
  expect(() => stageTarget(root, name)).toThrow('--stage: must be at most 30 lower-case letters, digits and hyphens');
});

test('an unknown option is refused', () => {
  const options = { stage: { type: 'string' } } as const;
  expect(readOptions(['--stage', 'prod'], options).stage).toBe('prod');
  expect(() => readOptions(['--region', 'x'], options)).toThrow(StageError);
  expect(() => readOptions(['prod'], options)).toThrow(StageError);
});

test('the fixture of a rich stage is right', () => {
  expect(readStageFile(repository, { path: 'test/fixtures/stages/rich.yml' })).toMatchObject({ CLOUD_CA: 'layer' });
});
