import type { ControllerWorker } from '../../../lib/controller-worker.ts';
import type { IdentityDriver } from '../../../lib/drivers/identity/identity-driver.ts';
import type { NetworkDriver, NetworkLookup } from '../../../lib/drivers/network/network-driver.ts';
import type { AlpnProtocol, TlsVersion } from '../../../lib/models/objects/listener.ts';
import type { Topology } from '../../../lib/models/objects/load-balancer.ts';
import type { Quota, QuotaNumbers } from '../../../lib/models/objects/quota.ts';
import type { Requester } from '../../../lib/models/operations/operation.ts';
import type { DueLoadBalancer, RolloutCriteria } from '../../../lib/models/operations/rollout.ts';
import type { QuotaChanges } from '../../../lib/repositories/quotas/quotas.ts';
import type { TlsReferenceChecks } from '../../../lib/tls/check-tls-references.ts';
import type { Caller } from './request.ts';

/** What the deployment decides. */
export interface ApiSettings {
  readonly healthcheckEnabled: boolean;
  readonly paginationMaxLimit: number;
  readonly loadbalancerTopology: Topology;
  readonly validVipNetworks: readonly string[];
  readonly denylistVipNetworks: readonly string[];
  readonly allowVipNetworkId: boolean;
  readonly allowVipSubnetId: boolean;
  readonly allowVipPortId: boolean;
  readonly reservedIps: readonly string[];
  readonly allowTlsTerminatedListeners: boolean;
  readonly allowPrometheusListeners: boolean;
  readonly allowPingHealthMonitors: boolean;
  /** Seconds. */
  readonly udpConnectMinIntervalHealthMonitor: number;
  /** Milliseconds; likewise the next three. */
  readonly timeoutClientData: number;
  readonly timeoutMemberConnect: number;
  readonly timeoutMemberData: number;
  readonly timeoutTcpInspect: number;
  readonly defaultListenerCiphers: string;
  readonly defaultPoolCiphers: string;
  readonly defaultListenerTlsVersions: readonly TlsVersion[];
  readonly defaultPoolTlsVersions: readonly TlsVersion[];
  readonly defaultListenerAlpnProtocols: readonly AlpnProtocol[];
  readonly defaultPoolAlpnProtocols: readonly AlpnProtocol[];
  readonly tlsCipherProhibitList: readonly string[];
  readonly minimumTlsVersion: TlsVersion | null;
}

/** What the API asks of the library for what is below load balancers. */
export type ChangesWorker = Pick<
  ControllerWorker,
  | 'createListener'
  | 'updateListener'
  | 'deleteListener'
  | 'createPool'
  | 'updatePool'
  | 'deletePool'
  | 'createMember'
  | 'updateMember'
  | 'deleteMember'
  | 'batchUpdateMembers'
  | 'createHealthMonitor'
  | 'updateHealthMonitor'
  | 'deleteHealthMonitor'
  | 'createL7Policy'
  | 'updateL7Policy'
  | 'deleteL7Policy'
  | 'createL7Rule'
  | 'updateL7Rule'
  | 'deleteL7Rule'
>;

/** What the cloud has for amphorae to be built of. */
export interface CloudChoices {
  readonly flavorExists: (flavorId: string) => Promise<boolean>;
  /** True when an active image has the tag. */
  readonly imageExists: (tag: string) => Promise<boolean>;
  /** Names of Nova's zones. */
  readonly listAvailabilityZones: () => Promise<readonly string[]>;
}

/** Where projects' own limits are kept. */
export interface QuotaRows {
  readonly readQuota: (projectId: string) => Promise<Quota>;
  readonly changeQuota: (projectId: string, changes: QuotaChanges) => Promise<Quota>;
  readonly removeQuota: (projectId: string) => Promise<void>;
  readonly listQuotas: () => Promise<readonly Quota[]>;
}

/** What a roll-out begins with. */
export interface Rollouts {
  readonly findDue: (criteria: RolloutCriteria) => Promise<readonly DueLoadBalancer[]>;
  readonly defaults: { readonly atOnce: number; readonly maxFailures: number };
}

/** Everything outside that handlers work with; each is made when first asked for. */
export interface ApiDependencies {
  readonly settings: () => ApiSettings;
  /** With the worker's own rights. */
  readonly network: () => Pick<
    NetworkDriver,
    'createPort' | 'deletePort' | 'findPorts' | 'freeAddresses' | 'getNetwork' | 'getSubnet'
  >;
  /** With the caller's eyes: what a caller may not see is not there. */
  readonly networkSeenBy: (caller: Caller) => NetworkLookup;
  readonly cloudChoices: () => Promise<CloudChoices>;
  readonly identity: () => Pick<IdentityDriver, 'projectExists'>;
  /** Checks of the key manager's references that a listener or a pool is given. */
  readonly tlsReferences: () => Promise<TlsReferenceChecks>;
  readonly worker: (
    requester: Requester,
  ) => Pick<ControllerWorker, 'createLoadBalancer' | 'updateLoadBalancer' | 'deleteLoadBalancer'>;
  readonly changes: (requester: Requester) => ChangesWorker;
  readonly quotas: () => Promise<QuotaRows>;
  /** Limits of projects that have none of their own. */
  readonly defaultQuota: () => QuotaNumbers;
  /** Notifies the comparing function of a check that is recorded; nothing is waited for. */
  readonly requestDriftCheck: (checkId: string) => Promise<void>;
  readonly rollouts: () => Promise<Rollouts>;
  /** What operators may do by hand. */
  readonly repairs: (
    requester: Requester,
  ) => Pick<
    ControllerWorker,
    'failoverLoadBalancer' | 'failoverAmphora' | 'deleteAmphora' | 'updateAmphoraAgentConfig' | 'redriveOperation'
  >;
}
