import { OperatingStatus, ProvisioningStatus } from '../../../lib/models/statuses.ts';

/** The owner of a new object. */
export interface Place {
  readonly id: string;
  readonly project_id: string;
  readonly load_balancer_id: string;
}

/** Times and statuses that every new object starts with. */
export const newState = () => ({
  created_at: new Date().toISOString(),
  updated_at: null,
  provisioning_status: ProvisioningStatus.PENDING_CREATE,
  operating_status: OperatingStatus.OFFLINE,
});

/** What every new object below a load balancer starts with. */
export const newObject = ({ id, project_id, load_balancer_id }: Place) => ({
  id,
  project_id,
  load_balancer_id,
  ...newState(),
});
