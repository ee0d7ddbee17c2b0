import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { alarms } from '../../../functions/tables/write-alarms.ts';
import { functions } from '../../../functions/tables/write-functions.ts';
import { roles } from '../../../functions/tables/write-roles.ts';
import { SETTINGS } from '../../../lib/settings/check.ts';
import { REQUIRED, readStage, STAGE_SETTINGS } from '../../../lib/settings/stage.ts';
import { readDefinitions } from '../../../local/definitions/definitions.ts';
import { documentedSettings } from '../../../local/docs/settings.ts';

const root = resolve(import.meta.dirname, '../../..');
const page = documentedSettings(readFileSync(resolve(root, 'docs/deployment.md'), 'utf8'));

/** Comes from the machine. */
const FROM_THE_SYSTEM = 'HOME';

const settings = SETTINGS.filter(({ name }) => name !== FROM_THE_SYSTEM);
const names = settings.map(({ name }) => name);
/** The service file and what it includes. */
const parts = [
  ...globSync(['serverless.yml', '{functions,statemachines,containers,lib}/**/*.yml'], { cwd: root }).map((file) => ({
    file,
    text: readFileSync(resolve(root, file), 'utf8'),
  })),
  { file: 'functions/tables/tables.js', text: JSON.stringify({ alarms, functions, roles }) },
];
/** What they take from a stage. */
const taken = parts.flatMap(({ file, text }) =>
  [...text.matchAll(/\$\{param:(\w+)(, )?/g)].map(([, name = '', fallback]) => ({
    file,
    name,
    hasFallback: fallback !== undefined,
  })),
);

test('the deployment takes every setting of a stage, and nothing else', () => {
  expect([...new Set(taken.map(({ name }) => name))].sort()).toEqual(STAGE_SETTINGS.map(({ name }) => name).sort());
});

test('the deployment takes nothing from the environment', () => {
  expect(parts.length).toBeGreaterThan(10);
  expect(parts.filter(({ text }) => /\$\{(env|opt:(?!stage))/.test(text)).map(({ file }) => file)).toEqual([]);
});

test('what a stage must decide has no fallback where functions get it', () => {
  const required: readonly string[] = REQUIRED;
  const ofFunctions = taken.filter(({ file }) => file === 'functions/settings.yml');
  expect(ofFunctions.filter(({ hasFallback }) => !hasFallback).map(({ name }) => name)).toEqual(
    ofFunctions.map(({ name }) => name).filter((name) => required.includes(name)),
  );
});

test('an environment has only what the stage says', () => {
  const path = 'stages/example.yml';
  const { values } = readStage(readFileSync(resolve(root, path), 'utf8'));
  const { environment } = readDefinitions({ file: resolve(root, 'serverless.yml'), environment: values });
  const set = Object.entries(environment).filter(([, value]) => value !== '');
  expect(set.map(([name]) => name).filter((name) => STAGE_SETTINGS.some((setting) => setting.name === name))).toEqual([
    'OS_CLOUD',
    'AMP_FLAVOR_ID',
    'AMP_IMAGE_TAG',
    'AMP_IMAGE_OWNER_ID',
    'AMP_BOOT_NETWORK_LIST',
    'AMP_SECGROUP_LIST',
    'LOADBALANCER_TOPOLOGY',
    'CONTROLLER_IP_PORT_LIST',
    'AUTH_STRATEGY',
  ]);
});

test('every setting is documented, and nothing else is', () => {
  expect([...page.keys()].sort()).toEqual([...names].sort());
});

test('the documented defaults are those of the table', () => {
  // A cipher string is no line of a table.
  const plain = settings.filter(({ name }) => !/_CIPHERS$/.test(name));
  const expected = plain.map(({ name, required, fallback }) => [
    name,
    required || REQUIRED.some((one) => one === name) ? 'required' : (fallback ?? ''),
  ]);
  expect(plain.map(({ name }) => [name, page.get(name)?.fallback])).toEqual(expected);
});

test('the documentation names every value of a setting that has a few', () => {
  const few = settings.filter(({ kind }) => kind === 'oneOf');
  expect(few.length).toBeGreaterThan(5);
  const unnamed = few.flatMap(({ name, allowed }) =>
    allowed
      .replace('one of ', '')
      .split(', ')
      .filter((value) => !page.get(name)?.meaning.includes(`\`${value}\``))
      .map((value) => `${name}: ${value}`),
  );
  expect(unnamed).toEqual([]);
});
