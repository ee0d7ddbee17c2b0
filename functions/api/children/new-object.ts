import { OperatingStatus, ProvisioningStatus } from '../../../lib/models/statuses.ts';

/** Whom a new object is for. */
export interface Place {
  readonly id: string;
  readonly project_id: string;
  readonly load_balancer_id: string;
}

/** What every new object starts with. */
export const newObject = ({ id, project_id, load_balancer_id }: Place) => ({
  id,
  project_id,
  load_balancer_id,
  created_at: new Date().toISOString(),
  updated_at: null,
  provisioning_status: ProvisioningStatus.PENDING_CREATE,
  operating_status: OperatingStatus.OFFLINE,
});
