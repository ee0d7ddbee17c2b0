import { parseDocument } from 'yaml';
import * as z from 'zod';
import { SETTINGS, settingProblems } from './check.ts';
import { DEPLOYMENT_SETTINGS } from './deployment.ts';
import { meantBy } from './misspelt.ts';
import type { Environment, Setting } from './setting.ts';

/** Settings that the service file makes of SECRETS_PREFIX and of the stage's name. */
const MADE = [
  'TABLE_NAME',
  'STATE_MACHINE_ARN_PREFIX',
  'OS_CLOUDS_SECRET',
  'SERVER_CA_CERTIFICATE',
  'SERVER_CA_PRIVATE_KEY',
  'CLIENT_CA_CERTIFICATE',
  'CLIENT_CERTIFICATE',
  'HEARTBEAT_KEY',
  'HEARTBEAT_PREVIOUS_KEY',
];
/** Settings of processes that no stage starts: the local stack, receivers elsewhere, tests. */
const ELSEWHERE =
  /^(?:HOME|OS_(?!CLOUD$)\w+|\w+_ENDPOINT|SERVER_CA_PRIVATE_KEY_PASSPHRASE|HEARTBEAT_(?:BIND_|HEALTH_)\w+|SOCK_RLIMIT)$/;

/** Every setting that a stage's file may have. */
export const STAGE_SETTINGS: readonly Setting<unknown>[] = SETTINGS.filter(
  ({ name }) => !MADE.includes(name) && !ELSEWHERE.test(name),
);
const NAMES = STAGE_SETTINGS.map(({ name }) => name);

/** What a stage must decide, because a default would take a running one apart. */
export const REQUIRED = [
  'AWS_REGION',
  'SECRETS_PREFIX',
  'OS_CLOUD',
  'AMP_FLAVOR_ID',
  'AMP_IMAGE_TAG',
  'AMP_IMAGE_OWNER_ID',
  'AMP_BOOT_NETWORK_LIST',
  'AMP_SECGROUP_LIST',
  'LOADBALANCER_TOPOLOGY',
  'AUTH_STRATEGY',
  'NETWORK_REACH',
  'CLOUD_CA',
  'HEARTBEAT_RECEIVERS',
] as const;

/** What a choice asks for besides. */
const REQUIRED_WITH: readonly (readonly [name: string, value: string, required: readonly string[]])[] = [
  ['NETWORK_REACH', 'vpc', ['VPC_SUBNET_IDS', 'VPC_SECURITY_GROUP_IDS']],
  ['CLOUD_CA', 'layer', ['CLOUD_CA_LAYER']],
  ['HEARTBEAT_RECEIVERS', 'elsewhere', ['CONTROLLER_IP_PORT_LIST']],
  [
    'HEARTBEAT_RECEIVERS',
    'fargate',
    [
      'CONTROLLER_IP_PORT_LIST',
      'RECEIVER_VPC_ID',
      'RECEIVER_SOURCE_CIDR',
      'RECEIVER_SUBNET_ID_1',
      'RECEIVER_SUBNET_ID_2',
      'RECEIVER_ADDRESS_1',
      'RECEIVER_ADDRESS_2',
      'RECEIVER_TAG',
    ],
  ],
];

export interface Stage {
  /** As they are written in an environment; only what the file has. */
  readonly values: Readonly<Record<string, string>>;
  /** A line for each thing that is wrong: the setting, its value and what is allowed. Secrets are never shown. */
  readonly problems: readonly string[];
}

/** Characters of a file. */
const LONGEST = 65_536;
const file = z.record(z.string(), z.union([z.string(), z.array(z.string())]));

const settingOf = (name: string) => STAGE_SETTINGS.find((setting) => setting.name === name);

/** A value as it would be in an environment; null for a list where a text is wanted. */
const textOf = (name: string, value: string | readonly string[]): string | null => {
  const separator = settingOf(name)?.separator;
  if (separator === undefined) return typeof value === 'string' ? value.trim() : null;
  const parts = typeof value === 'string' ? value.split(separator) : value;
  return parts.map((part) => part.trim()).join(separator);
};

const unknown = (name: string, value: string): string => {
  const nearest = settingOf(meantBy(name, NAMES) ?? '');
  // Whatever it is, it may be a secret.
  const shown = /KEY|PASS|SECRET|TOKEN|CERT/i.test(name) ? '' : `, is ${JSON.stringify(value)}`;
  if (MADE.includes(name)) return `${name}: is set by the deployment and not by a stage${shown}`;
  return nearest === undefined
    ? `${name}: is no setting of a stage${shown}; allowed are those of docs/deployment.md#settings`
    : `${name}: is no setting of a stage${shown}; ${nearest.name} is the nearest, and must be ${nearest.allowed}`;
};

const missing = (values: Environment): readonly string[] => {
  const asked = [
    ...REQUIRED.map((name) => [name, ''] as const),
    ...REQUIRED_WITH.flatMap(([choice, value, required]) =>
      values[choice] === value ? required.map((name) => [name, ` with ${choice}=${value}`] as const) : [],
    ),
  ];
  return asked
    .filter(([name]) => !values[name])
    .map(([name, reason]) => `${name}: is required${reason} and not set; must be ${settingOf(name)?.allowed}`);
};

const refused = (values: Environment): readonly string[] => [
  ...(values.AUTH_STRATEGY === 'noauth'
    ? ['AUTH_STRATEGY: must be keystone, is "noauth": every caller would be an administrator']
    : []),
  ...(values.HEARTBEAT_RECEIVERS === 'none' && values.CONTROLLER_IP_PORT_LIST
    ? [
        `CONTROLLER_IP_PORT_LIST: must be empty with HEARTBEAT_RECEIVERS=none, is "${values.CONTROLLER_IP_PORT_LIST}"; receivers on machines of yours are HEARTBEAT_RECEIVERS=elsewhere`,
      ]
    : []),
];

const parse = (text: string): unknown => {
  const document = parseDocument(text, { schema: 'failsafe', prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) throw error;
  return document.toJS() ?? {};
};

const fromYaml = (text: string): z.infer<typeof file> | string => {
  if (text.length > LONGEST) return `has ${text.length} characters, at most ${LONGEST} are allowed`;
  try {
    const parsed = file.safeParse(parse(text));
    if (parsed.success) return parsed.data;
    const name = parsed.error.issues[0]?.path[0];
    return name === undefined
      ? 'must have a name and a value on each line'
      : `${String(name)}: must be a text or a list of texts`;
  } catch (error) {
    return `is no YAML: ${error instanceof Error ? error.message : String(error)}`;
  }
};

/**
 * A stage's file: YAML, a text or a list of texts for each setting. A value counts as it is written, so 0123 is not 83.
 * @param text of the file
 */
export const readStage = (text: string): Stage => {
  const given = fromYaml(text);
  if (typeof given === 'string') return { values: {}, problems: [given] };
  const problems: string[] = [];
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    const setting = settingOf(name);
    const written = textOf(name, value);
    if (setting === undefined) problems.push(unknown(name, String(value)));
    else if (written === null) problems.push(`${name}: must be ${setting.allowed}, is a list`);
    else values[name] = written;
  }
  return {
    values,
    problems: [...problems, ...settingProblems(values), ...missing(values), ...refused(values)],
  };
};

/**
 * The service file's parameters: what the values say, the defaults of what only the service file reads, and an empty
 * text for what a stage would have to decide. The functions' own defaults are theirs.
 */
export const parametersOf = (values: Environment): Readonly<Record<string, string>> =>
  Object.fromEntries(
    STAGE_SETTINGS.flatMap(({ name, fallback }) => {
      const ofTheServiceFile = DEPLOYMENT_SETTINGS.some((setting) => setting.name === name);
      const instead = ofTheServiceFile ? (fallback ?? '') : REQUIRED.some((one) => one === name) ? '' : undefined;
      const value = values[name] ?? instead;
      return value === undefined ? [] : [[name, value] as const];
    }),
  );

/** Variables of an environment that a stage's file decides otherwise: they have no effect. */
export const ineffective = (environment: Environment, values: Environment): readonly string[] =>
  NAMES.filter((name) => environment[name] && environment[name] !== values[name]);
