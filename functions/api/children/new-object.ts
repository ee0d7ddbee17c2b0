import { OperatingStatus, ProvisioningStatus } from '../../../lib/models/statuses.ts';

/** Whom a new object is for. */
export interface Place {
  readonly id: string;
  readonly project_id: string;
  readonly load_balancer_id: string;
}

interface CommonFields {
  readonly name?: string | null | undefined;
  readonly admin_state_up?: boolean | null | undefined;
  readonly tags?: readonly string[] | null | undefined;
}

/** What every new object starts with. */
export const newObject = ({ id, project_id, load_balancer_id }: Place, fields: CommonFields = {}) => ({
  id,
  project_id,
  load_balancer_id,
  enabled: fields.admin_state_up === undefined ? true : (fields.admin_state_up ?? false),
  tags: fields.tags ?? [],
  created_at: new Date().toISOString(),
  updated_at: null,
  provisioning_status: ProvisioningStatus.PENDING_CREATE,
  operating_status: OperatingStatus.OFFLINE,
});
