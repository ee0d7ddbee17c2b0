import { stableHexId, stableId } from './ids.ts';

/** Password of every user, and secret of every application credential. The stand-in has nothing to protect. */
export const PASSWORD = 'local-secret';
export const DOMAIN = { id: 'default', name: 'Default' } as const;
export const REGION = 'RegionOne';
export const IMAGE_TAG = 'amphora';
/** Of an image that only load balancers of a flavor boot. */
export const NEXT_IMAGE_TAG = 'amphora-next';
export const FLAVOR_ID = 'amphora';
export const LARGE_FLAVOR_ID = 'amphora-large';
export const ZONES = ['nova', 'east'] as const;
export const KEY_NAME = 'octavia_ssh_key';
export const MANAGEMENT_GROUP = 'lb-mgmt-sec-grp';

export const PROJECT_NAMES = ['admin', 'service', 'project-a', 'project-b'] as const;
export type ProjectName = (typeof PROJECT_NAMES)[number];

export interface Account {
  readonly name: string;
  readonly project: ProjectName;
  /** In the project; none means that it cannot be signed in to. */
  readonly roles: readonly string[];
  /** For the whole system. @default none */
  readonly systemRoles?: readonly string[];
}

const tenantRoles = ['member', 'reader', 'creator', 'load-balancer_member'];

/** The users that may sign in, where, and as what. */
export const ACCOUNTS: readonly Account[] = [
  {
    name: 'admin',
    project: 'admin',
    roles: ['admin', 'member', 'reader', 'creator', 'load-balancer_admin'],
    systemRoles: ['admin', 'member', 'reader'],
  },
  { name: 'octavia', project: 'service', roles: ['admin', 'creator'] },
  { name: 'other-service', project: 'service', roles: ['service'] },
  { name: 'alice', project: 'project-a', roles: tenantRoles },
  { name: 'bob', project: 'project-b', roles: tenantRoles },
  { name: 'observer', project: 'project-a', roles: ['reader', 'load-balancer_observer'] },
  { name: 'global-observer', project: 'project-a', roles: ['reader', 'load-balancer_global_observer'] },
  { name: 'quota-admin', project: 'project-a', roles: ['reader', 'load-balancer_quota_admin'] },
  { name: 'lb-admin', project: 'project-a', roles: ['reader', 'load-balancer_admin'] },
  { name: 'nobody', project: 'project-a', roles: ['member'] },
  { name: 'reader', project: 'project-a', roles: ['reader'] },
  { name: 'system-reader', project: 'admin', roles: [], systemRoles: ['reader'] },
];

export const projectId = (name: string): string => stableHexId(`project/${name}`);
export const userId = (name: string): string => stableHexId(`user/${name}`);
export const roleId = (name: string): string => stableHexId(`role/${name}`);
export const applicationCredentialId = (user: string): string => stableHexId(`application-credential/${user}`);
export const networkId = (name: string): string => stableId(`network/${name}`);
export const subnetId = (name: string): string => stableId(`subnet/${name}`);

const fixed = {
  region: REGION,
  password: PASSWORD,
  serviceProjectId: projectId('service'),
  managementNetworkId: networkId('lb-mgmt-net'),
  managementSubnetId: subnetId('lb-mgmt-subnet'),
  vipNetworkId: networkId('vip-net'),
  vipSubnetId: subnetId('vip-subnet'),
  memberNetworkId: networkId('member-net'),
  memberSubnetId: subnetId('member-subnet'),
  managementSecurityGroupId: stableId(`security-group/${MANAGEMENT_GROUP}`),
  imageId: stableId('image/amphora-haproxy'),
  imageTag: IMAGE_TAG,
  imageOwnerId: projectId('service'),
  nextImageId: stableId('image/amphora-next'),
  nextImageTag: NEXT_IMAGE_TAG,
  flavorId: FLAVOR_ID,
  largeFlavorId: LARGE_FLAVOR_ID,
  keyName: KEY_NAME,
  qosPolicyId: stableId('qos-policy/bronze'),
  availabilityZone: ZONES[0],
  otherAvailabilityZone: ZONES[1],
} as const;

export interface CloudFacts extends Readonly<Record<keyof typeof fixed, string>> {
  /** Ids by project name. */
  readonly projects: Readonly<Record<string, string>>;
  /** Ids by user name. */
  readonly users: Readonly<Record<string, string>>;
  /** Ids of application credentials by user name; the secret is the password. */
  readonly applicationCredentials: Readonly<Record<string, string>>;
  readonly agentPort: number;
  readonly managementCidr: string;
  readonly vipCidr: string;
  readonly memberCidr: string;
}

const byName = (names: readonly string[], id: (name: string) => string): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, id(name)]));

/** Everything a caller must know to use the cloud; the ids are the same in every stand-in cloud. */
export const cloudFacts = (addresses: {
  readonly agentPort: number;
  readonly managementCidr: string;
  readonly vipCidr: string;
  readonly memberCidr: string;
}): CloudFacts => ({
  ...fixed,
  ...addresses,
  projects: byName(PROJECT_NAMES, projectId),
  users: byName(
    ACCOUNTS.map((account) => account.name),
    userId,
  ),
  applicationCredentials: byName(
    ACCOUNTS.map((account) => account.name),
    applicationCredentialId,
  ),
});
