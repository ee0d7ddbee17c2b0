import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const given = z.string().min(1);

/** What a test must know about the cloud it runs on; all of it travels in the environment of the test processes. */
const schema = z.object({
  /** clouds.yaml, and the entry of the service user in it. */
  OS_CLIENT_CONFIG_FILE: given,
  OS_CLOUD: given,
  AMP_IMAGE_TAG: given,
  AMP_FLAVOR_ID: given,
  AMP_BOOT_NETWORK_LIST: given,
  AMP_SECGROUP_LIST: given,
  TEST_VIP_SUBNET: given,
  TEST_MEMBER_SUBNET: given,
  /** An IPv6 subnet of the VIP subnet's network, which this machine reaches, and a QoS policy tenants may use. */
  TEST_VIP_SUBNET_IPV6: given.optional(),
  TEST_QOS_POLICY: given.optional(),
  /** Entries of clouds.yaml for two tenants of different projects, and for a user with read access only. */
  TEST_TENANT_CLOUD: given,
  TEST_OTHER_TENANT_CLOUD: given,
  TEST_OBSERVER_CLOUD: given,
  /** The folder of the cloud recipe, when it laid this cloud: with it a test looks inside instances and adds hosts. */
  TEST_CLOUD_RECIPE: given.optional(),
});

export type Facts = z.infer<typeof schema>;
type Environment = Readonly<Record<string, string | undefined>>;

/** The lines NAME=value of the recipe's networks.env. */
const readIds = (path: string): ReadonlyMap<string, string> =>
  new Map(
    readFileSync(path, 'utf8')
      .split('\n')
      .map((line) => line.split('='))
      .flatMap(([name, value]) => (name && value ? [[name, value] as const] : [])),
  );

/** What the cloud recipe of this repository left in its state folder; null when it has no cloud there. */
const factsOfRecipe = (folder: string): Environment | null => {
  const [clouds, ids] = [join(folder, 'clouds.yaml'), join(folder, 'networks.env')];
  if (!existsSync(clouds) || !existsSync(ids)) return null;
  const id = readIds(ids);
  return {
    OS_CLIENT_CONFIG_FILE: clouds,
    OS_CLOUD: 'octavia',
    AMP_IMAGE_TAG: 'amphora',
    AMP_FLAVOR_ID: id.get('AMP_FLAVOR_ID'),
    AMP_BOOT_NETWORK_LIST: id.get('LB_MGMT_NET'),
    AMP_SECGROUP_LIST: id.get('LB_MGMT_SEC_GRP'),
    TEST_VIP_SUBNET: id.get('VIP_SUBNET'),
    TEST_MEMBER_SUBNET: id.get('MEMBER_SUBNET'),
    TEST_VIP_SUBNET_IPV6: id.get('VIP_SUBNET_IPV6'),
    TEST_QOS_POLICY: id.get('QOS_POLICY'),
    TEST_TENANT_CLOUD: 'alice',
    TEST_OTHER_TENANT_CLOUD: 'bob',
    TEST_OBSERVER_CLOUD: 'observer',
    TEST_CLOUD_RECIPE: new URL('openstack', import.meta.url).pathname,
    CLOUD_STATE: folder,
  };
};

export interface CompletedFacts {
  readonly environment: Environment;
  /** The names that were taken from the recipe's state folder. */
  readonly taken: readonly string[];
  readonly missing: readonly string[];
  readonly folder: string;
}

/**
 * Completes the environment from the recipe's state folder (CLOUD_STATE), unless the environment names another cloud's
 * clouds.yaml: ids of two clouds do not mix.
 */
export const completeFacts = (environment: Environment): CompletedFacts => {
  const folder = environment.CLOUD_STATE ?? '/var/lib/deploy-worker-cloud';
  const { OS_CLIENT_CONFIG_FILE: file } = environment;
  const recipe = factsOfRecipe(folder);
  const offered = recipe !== null && (!file || file === recipe.OS_CLIENT_CONFIG_FILE) ? recipe : {};
  const added = Object.entries(offered).filter(([name, value]) => value !== undefined && !environment[name]);
  const completed = { ...environment, ...Object.fromEntries(added) };
  const parsed = schema.safeParse(completed);
  return {
    environment: completed,
    taken: added.map(([name]) => name),
    missing: parsed.success ? [] : parsed.error.issues.map(({ path }) => path.join('.')),
    folder,
  };
};

/** The facts a test runs with. @throws Error what is missing; `npm run test:cloud` sets it all */
export const cloudFacts = (): Facts => {
  const parsed = schema.safeParse(process.env);
  if (parsed.success) return parsed.data;
  const names = parsed.error.issues.map(({ path }) => path.join('.')).join(', ');
  throw new Error(`not set: ${names}; run the cloud tests with npm run test:cloud`);
};
