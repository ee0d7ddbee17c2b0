/** Where an object is in its life, as Octavia's API shows it. */
export const ProvisioningStatus = Object.freeze({
  ACTIVE: 'ACTIVE',
  PENDING_CREATE: 'PENDING_CREATE',
  PENDING_UPDATE: 'PENDING_UPDATE',
  PENDING_DELETE: 'PENDING_DELETE',
  DELETED: 'DELETED',
  ERROR: 'ERROR',
});
export type ProvisioningStatus = (typeof ProvisioningStatus)[keyof typeof ProvisioningStatus];

/** What an object does for traffic right now, as heartbeats report it. */
export const OperatingStatus = Object.freeze({
  ONLINE: 'ONLINE',
  OFFLINE: 'OFFLINE',
  DEGRADED: 'DEGRADED',
  ERROR: 'ERROR',
  DRAINING: 'DRAINING',
  NO_MONITOR: 'NO_MONITOR',
});
export type OperatingStatus = (typeof OperatingStatus)[keyof typeof OperatingStatus];

/** The life of an amphora. READY is a spare without a load balancer. */
export const AmphoraStatus = Object.freeze({
  PENDING_CREATE: 'PENDING_CREATE',
  BOOTING: 'BOOTING',
  ALLOCATED: 'ALLOCATED',
  READY: 'READY',
  PENDING_DELETE: 'PENDING_DELETE',
  DELETED: 'DELETED',
  ERROR: 'ERROR',
  FAILOVER_STOPPED: 'FAILOVER_STOPPED',
});
export type AmphoraStatus = (typeof AmphoraStatus)[keyof typeof AmphoraStatus];

/** A load balancer accepts an update (of itself or of anything below it) in these states. */
export const MUTABLE_STATUSES: readonly ProvisioningStatus[] = [ProvisioningStatus.ACTIVE];
/** A load balancer can be deleted in these states. */
export const DELETABLE_STATUSES: readonly ProvisioningStatus[] = [ProvisioningStatus.ACTIVE, ProvisioningStatus.ERROR];
/** A load balancer can be failed over in these states. */
export const FAILOVERABLE_STATUSES: readonly ProvisioningStatus[] = [
  ProvisioningStatus.ACTIVE,
  ProvisioningStatus.ERROR,
];
