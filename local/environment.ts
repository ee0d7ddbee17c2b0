import type { CloudFacts } from './cloud/facts.ts';
import type { Definitions } from './definitions/definitions.ts';

/** Settings of the functions; undefined takes one away. */
export type Settings = Readonly<Record<string, string | undefined>>;

/** What the worker must know of the stand-in cloud: the settings a real deployment takes from its operator. */
export const standInSettings = (facts: CloudFacts, cloudsFile: string): Settings => ({
  OS_CLOUD: 'octavia',
  OS_CLIENT_CONFIG_FILE: cloudsFile,
  AMP_FLAVOR_ID: facts.flavorId,
  AMP_IMAGE_TAG: facts.imageTag,
  AMP_IMAGE_OWNER_ID: facts.imageOwnerId,
  AMP_SSH_KEY_NAME: facts.keyName,
  AMP_BOOT_NETWORK_LIST: facts.managementNetworkId,
  AMP_SECGROUP_LIST: facts.managementSecurityGroupId,
  AMPHORA_BIND_PORT: String(facts.agentPort),
});

/** What the deployment sets for every function and for each; an empty value counts as not set. */
export const deployedSettings = ({ environment, functions }: Definitions): Settings => {
  const all = Object.assign({}, ...functions.map((entry) => entry.environment), environment);
  return Object.fromEntries(Object.entries<string>(all).filter(([, value]) => value !== ''));
};

/** Puts settings into the environment of this process; answers what puts the old ones back. */
export const applySettings = (settings: Settings): (() => void) => {
  const before = Object.keys(settings).map((name) => [name, process.env[name]] as const);
  const set = (name: string, value: string | undefined): void => {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  };
  for (const [name, value] of Object.entries(settings)) set(name, value);
  return () => {
    for (const [name, value] of before) set(name, value);
  };
};
