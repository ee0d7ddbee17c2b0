import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ineffective, parametersOf, REQUIRED, readStage, STAGE_SETTINGS } from '../../../../lib/settings/stage.ts';

const example = readFileSync(resolve(import.meta.dirname, '../../../../stages/example.yml'), 'utf8');
/** The example with a line more; a setting that it has gets the new value. */
const withLine = (line: string): string => {
  const [name = ''] = line.split(':');
  return `${example.replace(new RegExp(`^${name}:.*\n`, 'm'), '')}${line}\n`;
};
const without = (name: string): string => example.replace(new RegExp(`^${name}:.*\n`, 'm'), '');

describe('the file of a stage', () => {
  it('is right in the example', () => {
    const { values, problems } = readStage(example);
    expect(problems).toEqual([]);
    expect(values).toMatchObject({
      VPC_SUBNET_IDS: 'subnet-0a,subnet-0b',
      CONTROLLER_IP_PORT_LIST: '10.1.0.10:5555,10.1.1.10:5555',
    });
  });

  it.each([...REQUIRED])('must decide %s', (name) => {
    const { problems } = readStage(without(name));
    expect(problems.filter((problem) => problem.startsWith(`${name}: is required and not set; must be `))).toHaveLength(
      1,
    );
    expect(readStage(withLine(`${name}:`)).problems).toContain(problems.find((problem) => problem.startsWith(name)));
  });

  it.each([
    'VPC_SUBNET_IDS',
    'VPC_SECURITY_GROUP_IDS',
    'CONTROLLER_IP_PORT_LIST',
    'RECEIVER_TAG',
    'RECEIVER_VPC_ID',
    'RECEIVER_SOURCE_CIDR',
    'RECEIVER_SUBNET_ID_1',
    'RECEIVER_ADDRESS_2',
  ])('must have %s with what it chose', (name) => {
    const [problem = '', ...others] = readStage(without(name)).problems;
    expect(others).toEqual([]);
    expect(problem).toMatch(new RegExp(`^${name}: is required with (NETWORK_REACH=vpc|HEARTBEAT_RECEIVERS=fargate) `));
  });

  it.each([
    [
      'AMP_FLAVOUR_ID: big',
      'AMP_FLAVOUR_ID: is no setting of a stage, is "big"; AMP_FLAVOR_ID is the nearest, and must be a text',
    ],
    ['COLOUR: red', 'COLOUR: is no setting of a stage, is "red"; allowed are those of docs/deployment.md#settings'],
    ['TABLE_NAME: mine', 'TABLE_NAME: is set by the deployment and not by a stage, is "mine"'],
    ['LOADBALANCER_TOPOLOGY: DOUBLE', 'LOADBALANCER_TOPOLOGY: must be one of SINGLE, ACTIVE_STANDBY, is "DOUBLE"'],
    ['HEARTBEAT_INTERVAL: 10s', 'HEARTBEAT_INTERVAL: must be a whole number of seconds from 1 to 2147483647, is "10s"'],
    ['LOG_LEVEL: [INFO]', 'LOG_LEVEL: must be one of DEBUG, INFO, WARN, ERROR, SILENT, is a list'],
    ['RECEIVER_VPC_ID: 10.0.0.0', 'RECEIVER_VPC_ID: must be a VPC id such as vpc-0a, is "10.0.0.0"'],
    [
      'VPC_SUBNET_IDS: [subnet-0a, net-1]',
      'VPC_SUBNET_IDS: must be a list of subnet ids such as subnet-0a, separated by ",", is "subnet-0a,net-1"',
    ],
    ['AUTH_STRATEGY: noauth', 'AUTH_STRATEGY: must be keystone, is "noauth": every caller would be an administrator'],
    ['LOG_LEVEL: { a: b }', 'LOG_LEVEL: must be a text or a list of texts'],
  ])('with %s is refused in one line', (line, problem) => {
    expect(readStage(withLine(line)).problems).toEqual([problem]);
  });

  it('that has no receivers must not send heartbeats anywhere', () => {
    const [problem = '', ...others] = readStage(withLine('HEARTBEAT_RECEIVERS: none')).problems;
    expect(others).toEqual([]);
    expect(problem).toMatch(
      /^CONTROLLER_IP_PORT_LIST: must be empty with HEARTBEAT_RECEIVERS=none, is "10.1.0.10:5555,/,
    );
    expect(readStage(withLine('HEARTBEAT_RECEIVERS: elsewhere')).problems).toEqual([]);
  });

  it('that is no YAML, names a setting twice or is no map is refused', () => {
    expect(readStage('a: [').problems).toEqual([expect.stringMatching(/^is no YAML: /)]);
    expect(readStage(`${example}LOG_LEVEL: INFO\nLOG_LEVEL: WARN\n`).problems).toEqual([
      expect.stringMatching(/^is no YAML: .*unique/),
    ]);
    expect(readStage('LOG_LEVEL: *nothing').problems).toEqual([expect.stringMatching(/^is no YAML: .*alias/)]);
    expect(readStage('- a').problems).toEqual(['must have a name and a value on each line']);
    expect(readStage('').problems).toHaveLength(REQUIRED.length);
    expect(readStage('#'.repeat(70_000)).problems).toEqual(['has 70000 characters, at most 65536 are allowed']);
  });

  it('keeps values as they are written', () => {
    expect(readStage(withLine('AMP_FLAVOR_ID: 0065')).values.AMP_FLAVOR_ID).toBe('0065');
    expect(readStage(withLine('NOVA_ENABLE_ANTI_AFFINITY: true')).values.NOVA_ENABLE_ANTI_AFFINITY).toBe('true');
    expect(readStage(withLine('VPC_SUBNET_IDS: subnet-0a, subnet-0b')).values.VPC_SUBNET_IDS).toBe(
      'subnet-0a,subnet-0b',
    );
  });

  it.each(['HEARTBEAT_KEY', 'SERVER_CA_PRIVATE_KEY', 'OS_PASSWORD', 'SERVER_CA_PRIVATE_KEY_PASSPHRASE', 'MY_SECRET'])(
    'takes no %s, and shows none',
    (name) => {
      const { values, problems } = readStage(withLine(`${name}: hunter2`));
      expect(problems).toHaveLength(1);
      expect(JSON.stringify([values, problems])).not.toContain('hunter2');
    },
  );
});

describe('the parameters of the service file', () => {
  it('are what the stage says, and the defaults of what only that file reads', () => {
    const parameters = parametersOf(readStage(example).values);
    expect(parameters).toMatchObject({ LOADBALANCER_TOPOLOGY: 'ACTIVE_STANDBY', CERT_SCHEDULE: 'rate(1 hour)' });
    expect(Object.keys(parameters)).not.toContain('HEARTBEAT_INTERVAL');
  });

  it('keep an empty list that is a choice', () => {
    expect(parametersOf(readStage(withLine('RESERVED_IPS: []')).values).RESERVED_IPS).toBe('');
  });
});

it('variables that a stage decides otherwise are named, and only those', () => {
  const { values } = readStage(example);
  const exported = { AMP_FLAVOR_ID: 'other', OS_CLOUD: 'octavia', LOG_LEVEL: 'DEBUG', OS_PASSWORD: 'x', PATH: '/bin' };
  expect(ineffective(exported, values)).toEqual(['AMP_FLAVOR_ID', 'LOG_LEVEL']);
  expect(STAGE_SETTINGS.length).toBeGreaterThan(100);
});
