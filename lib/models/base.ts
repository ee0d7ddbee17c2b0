import type { OperatingStatus, ProvisioningStatus } from './statuses.ts';

/** What every object of a load balancer carries. Times are ISO 8601 in UTC with milliseconds. */
export interface LoadBalancerObject {
  readonly id: string;
  readonly project_id: string;
  readonly created_at: string;
  /** null until the first change of a value or of a status. */
  readonly updated_at: string | null;
  readonly tags: readonly string[];
  readonly provisioning_status: ProvisioningStatus;
  readonly operating_status: OperatingStatus;
}

/** An object with a name; the empty string stands for "no name". */
export interface NamedObject extends LoadBalancerObject {
  readonly name: string;
}
