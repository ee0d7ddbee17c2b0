import type { ControllerWorker } from '../../lib/controller-worker.ts';
import type { IdentityDriver } from '../../lib/drivers/identity/identity-driver.ts';
import type { NetworkDriver } from '../../lib/drivers/network/network-driver.ts';
import type { Topology } from '../../lib/models/load-balancer.ts';
import type { Requester } from '../../lib/models/operation.ts';
import type { Caller } from './request.ts';

/** What the API may ask the network service about things that a caller has named. */
export type NetworkLookup = Pick<NetworkDriver, 'getPort' | 'getNetwork' | 'getSubnet' | 'getQosPolicy'>;

/** What the deployment decides. */
export interface ApiSettings {
  readonly paginationMaxLimit: number;
  readonly loadbalancerTopology: Topology;
  readonly validVipNetworks: readonly string[];
  readonly denylistVipNetworks: readonly string[];
  readonly allowVipNetworkId: boolean;
  readonly allowVipSubnetId: boolean;
  readonly allowVipPortId: boolean;
}

/** Everything outside that handlers work with; each is made when first asked for. */
export interface ApiDependencies {
  readonly settings: () => ApiSettings;
  /** With the worker's own rights. */
  readonly network: () => Pick<
    NetworkDriver,
    'createPort' | 'deletePort' | 'findPort' | 'freeAddresses' | 'getNetwork'
  >;
  /** With the caller's eyes: what a caller may not see is not there. */
  readonly networkSeenBy: (caller: Caller) => NetworkLookup;
  readonly identity: () => Pick<IdentityDriver, 'projectExists'>;
  readonly worker: (
    requester: Requester,
  ) => Pick<ControllerWorker, 'createLoadBalancer' | 'updateLoadBalancer' | 'deleteLoadBalancer'>;
}
