import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { SETTINGS } from '../../../lib/settings/check.ts';
import { DEPLOYMENT_SETTINGS } from '../../../lib/settings/deployment.ts';
import { documentedSettings } from '../../../local/docs/settings.ts';
import { loadService } from '../../../local/package/source/service.ts';

const root = resolve(import.meta.dirname, '../../..');
const page = documentedSettings(readFileSync(resolve(root, 'docs/deployment.md'), 'utf8'));

/** Settings that are not the deployment's to make for every function, and why. */
const NOT_FOR_ALL = [
  // Endpoints other than AWS's.
  'DYNAMODB_ENDPOINT',
  'STEP_FUNCTIONS_ENDPOINT',
  // The deployed functions sign in by the clouds.yaml of a secret.
  'OS_CLIENT_CONFIG_FILE',
  'OS_AUTH_URL',
  'OS_USERNAME',
  'OS_PASSWORD',
  'OS_USER_DOMAIN_NAME',
  'OS_PROJECT_NAME',
  'OS_PROJECT_DOMAIN_NAME',
  'OS_APPLICATION_CREDENTIAL_ID',
  'OS_APPLICATION_CREDENTIAL_SECRET',
  'OS_REGION_NAME',
  'OS_INTERFACE',
  'OS_CACERT',
  // The secret itself protects the key.
  'SERVER_CA_PRIVATE_KEY_PASSPHRASE',
  // For the one function that writes it into an amphora.
  'HEARTBEAT_KEY',
  // Of the heartbeat receivers, which are no functions.
  'HEARTBEAT_PREVIOUS_KEY',
  'HEARTBEAT_BIND_IP',
  'HEARTBEAT_BIND_PORT',
  'HEARTBEAT_HEALTH_PORT',
  'HEARTBEAT_TIMEOUT',
  'HEARTBEAT_MISSED_BEATS',
  'HEARTBEAT_QUEUE_LIMIT',
  'HEALTH_CHECK_INTERVAL',
  'FAILOVER_THRESHOLD',
  'FAILOVER_THRESHOLD_PERCENT',
  'SOCK_RLIMIT',
  'EVENT_BUS_ENDPOINT',
];

/** Comes from the machine. */
const FROM_THE_SYSTEM = 'HOME';

const settings = SETTINGS.filter(({ name }) => name !== FROM_THE_SYSTEM);
const names = settings.map(({ name }) => name);
const ofTheServiceFile = DEPLOYMENT_SETTINGS.map(({ name }) => name);

test('the deployment passes every setting on that it does not leave out for a reason', () => {
  const passed = Object.keys(loadService(root, 'test').settings);
  const expected = names.filter((name) => !ofTheServiceFile.includes(name));
  expect([...passed, ...NOT_FOR_ALL].sort()).toEqual(expected.sort());
});

test('what the service file takes from the environment is a setting', () => {
  const files = globSync(['serverless.yml', '{functions,statemachines,containers}/**/*.yml'], { cwd: root });
  const taken = files.flatMap((file) =>
    [...readFileSync(resolve(root, file), 'utf8').matchAll(/\$\{env:(\w+)/g)].map(([, name]) => name ?? ''),
  );
  expect(taken.length).toBeGreaterThan(100);
  expect(taken.filter((name) => !names.includes(name))).toEqual([]);
  expect(ofTheServiceFile.filter((name) => !taken.includes(name))).toEqual([]);
});

test('every setting is documented, and nothing else is', () => {
  expect([...page.keys()].sort()).toEqual([...names].sort());
});

test('the documented defaults are those of the table', () => {
  // A cipher string is no line of a table.
  const plain = settings.filter(({ name }) => !/_CIPHERS$/.test(name));
  const expected = plain.map(({ name, required, fallback }) => [name, required ? 'required' : (fallback ?? '')]);
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
