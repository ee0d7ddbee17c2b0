import type { Member } from '../../../lib/models/pool.ts';
import { NAMED_FIELDS, objectView } from '../views/common.ts';
import type { MemberView } from './shape.ts';

/** A member as GET, PUT and POST show it. */
export const memberView = (member: Member): MemberView => ({
  ...objectView(member),
  name: member.name,
  address: member.ip_address,
  protocol_port: member.protocol_port,
  weight: member.weight,
  backup: member.backup,
  subnet_id: member.subnet_id,
  monitor_address: member.monitor_address,
  monitor_port: member.monitor_port,
  vnic_type: member.vnic_type,
});

/** Fields a list of members can be filtered and sorted by. */
export const SEARCHABLE_FIELDS = [
  'pool_id',
  ...NAMED_FIELDS.filter((field) => field !== 'description'),
  'address',
  'protocol_port',
  'weight',
  'backup',
  'subnet_id',
  'monitor_address',
  'monitor_port',
  'vnic_type',
] as const;
