import type { MemberUpdates } from '../../../lib/changes/members.ts';
import type { Member } from '../../../lib/models/pool.ts';
import { OperatingStatus } from '../../../lib/models/statuses.ts';
import { commonUpdates } from '../children/common-fields.ts';
import { newObject, type Place } from '../children/new-object.ts';
import type { MemberFields, UpdateFields } from './body.ts';

const DEFAULT_WEIGHT = 1;

/** Where a member is to be. */
export interface MemberPlace extends Place {
  readonly pool_id: string;
  /** True when the pool has a health monitor, which will say how the member is. */
  readonly monitored: boolean;
}

/** The member that the fields ask for. */
export const draftMember = ({ pool_id, monitored, ...place }: MemberPlace, fields: MemberFields): Member => ({
  ...newObject(place, fields),
  pool_id,
  name: fields.name ?? '',
  ip_address: fields.address,
  protocol_port: fields.protocol_port,
  weight: fields.weight ?? DEFAULT_WEIGHT,
  backup: fields.backup ?? false,
  subnet_id: fields.subnet_id ?? null,
  monitor_address: fields.monitor_address ?? null,
  monitor_port: fields.monitor_port ?? null,
  vnic_type: 'normal',
  operating_status: monitored ? OperatingStatus.OFFLINE : OperatingStatus.NO_MONITOR,
});

/**
 * What a batch makes of a member that is there: what it leaves out goes back to its default, but for name, tags and
 * subnet. The address may be written in another way.
 */
export const batchUpdates = ({ name, tags, subnet_id }: MemberFields, drafted: Member): MemberUpdates => ({
  ip_address: drafted.ip_address,
  weight: drafted.weight,
  backup: drafted.backup,
  monitor_address: drafted.monitor_address,
  monitor_port: drafted.monitor_port,
  enabled: drafted.enabled,
  ...(name !== undefined && { name: drafted.name }),
  ...(tags && { tags }),
  ...(subnet_id !== undefined && { subnet_id }),
});

/** Absent fields are not among the updates; null is the field's reset value. */
export const memberUpdates = (fields: UpdateFields): MemberUpdates => ({
  ...commonUpdates(fields),
  ...(fields.weight !== undefined && { weight: fields.weight ?? DEFAULT_WEIGHT }),
  ...(fields.backup !== undefined && { backup: fields.backup ?? false }),
  ...(fields.monitor_address !== undefined && { monitor_address: fields.monitor_address }),
  ...(fields.monitor_port !== undefined && { monitor_port: fields.monitor_port }),
});
