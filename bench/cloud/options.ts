import { parseArgs } from 'node:util';

export const STAGES = ['single', 'standby', 'batch', 'concurrent', 'admin-failover'] as const;
export type StageName = (typeof STAGES)[number];

/** Compares two results instead of measuring. */
export interface CompareOptions {
  readonly kind: 'compare';
  readonly files: readonly [string, string];
}

export interface MeasureOptions {
  readonly kind: 'measure';
  /** The endpoint, without the version. */
  readonly url: string;
  /** Another endpoint for ACTIVE_STANDBY, where no flavor chooses the topology. */
  readonly standbyUrl: string;
  /** Flavors by topology; null lets the endpoint decide. */
  readonly flavors: Readonly<Record<'SINGLE' | 'ACTIVE_STANDBY', string | null>>;
  /** True: find or create flavors of the two topologies, as an administrator. */
  readonly makeFlavors: boolean;
  readonly json: boolean;
  /** How often the stages `single` and `standby` are repeated. */
  readonly repeat: number;
  readonly stages: readonly StageName[];
  /** Entries of clouds.yaml. */
  readonly user: string;
  readonly admin: string;
}

export const usage = `Times the operations of a running Octavia API from the outside.

  npm run bench:cloud -- --url URL [-n 5] [--json] [STAGE...]
  npm run bench:cloud -- --compare a.json b.json

Stages: ${STAGES.join(', ')} (all when none is named).
  --standby-url URL    another endpoint, whose load balancers are ACTIVE_STANDBY
  --flavor-single ID, --flavor-standby ID
                       flavors that choose the topology
  --make-flavors       finds or makes such flavors, as an administrator
  --user alice         entry of clouds.yaml for the tenant
  --admin admin        entry of clouds.yaml for the administrator

clouds.yaml is at OS_CLIENT_CONFIG_FILE, the subnets are VIP_SUBNET and MEMBER_SUBNET; what is not set is taken from
CLOUD_STATE (/var/lib/deploy-worker-cloud), where test/cloud/openstack/up leaves it.`;

const stageOf = (name: string): StageName => {
  const stage = STAGES.find((known) => known === name);
  if (stage === undefined) throw new Error(`${name} is not a stage; there are ${STAGES.join(', ')}`);
  return stage;
};

const countOf = (text: string): number => {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new Error(`-n ${text} is not a number of repetitions`);
  return count;
};

/** null when help is asked for. @throws Error for what cannot be understood */
export const readCloudOptions = (args: readonly string[]): CompareOptions | MeasureOptions | null => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      url: { type: 'string' },
      'standby-url': { type: 'string' },
      'flavor-single': { type: 'string' },
      'flavor-standby': { type: 'string' },
      'make-flavors': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      repeat: { type: 'string', short: 'n', default: '5' },
      user: { type: 'string', default: 'alice' },
      admin: { type: 'string', default: 'admin' },
      compare: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return null;
  if (values.compare) {
    const [first, second, ...more] = positionals;
    if (first === undefined || second === undefined || more.length > 0) throw new Error('--compare takes two files');
    return { kind: 'compare', files: [first, second] };
  }
  const { url } = values;
  if (url === undefined) throw new Error('--url is missing');
  return {
    kind: 'measure',
    url,
    standbyUrl: values['standby-url'] ?? url,
    flavors: { SINGLE: values['flavor-single'] ?? null, ACTIVE_STANDBY: values['flavor-standby'] ?? null },
    makeFlavors: values['make-flavors'],
    json: values.json,
    repeat: countOf(values.repeat),
    stages: positionals.length === 0 ? STAGES : positionals.map(stageOf),
    user: values.user,
    admin: values.admin,
  };
};
