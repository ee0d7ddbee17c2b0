import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { documentedSettings, readSettings } from '../../../local/docs/settings.ts';
import { loadService } from '../../../local/package/source/service.ts';

const root = resolve(import.meta.dirname, '../../..');
const settings = readSettings(readFileSync(resolve(root, 'lib/config.ts'), 'utf8'));
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

const names = settings.map((setting) => setting.name).filter((name) => name !== FROM_THE_SYSTEM);

test('the deployment passes every setting on that it does not leave out for a reason', () => {
  const passed = Object.keys(loadService(root, 'test').settings);
  expect([...passed, ...NOT_FOR_ALL].sort()).toEqual([...names].sort());
});

test('every setting is documented, and nothing else is', () => {
  expect([...page.keys()].sort()).toEqual([...names].sort());
});

test('the documented defaults are those of the code', () => {
  const plain = settings.filter((setting) => setting.kind !== 'list' && page.has(setting.name));
  const expected = plain.map(({ name, required, fallback }) => [name, required ? 'required' : (fallback ?? '')]);
  expect(plain.map(({ name }) => [name, page.get(name)])).toEqual(expected);
});
