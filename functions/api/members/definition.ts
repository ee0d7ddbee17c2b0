import * as z from 'zod';
import type { Member } from '../../../lib/models/objects/pool.ts';
import { OperatingStatus } from '../../../lib/models/statuses.ts';
import { enabledField, nameField, projectFields, tagsField } from '../children/common-fields.ts';
import { newObject, type Place } from '../children/new-object.ts';
import { fieldsOf, shown } from '../fields/field.ts';
import { attributes, bool, integer, ipAddress, listOf, uuid } from '../fields/fields.ts';
import { resourceOf } from '../fields/resource.ts';
import { flag, networkId, port, string } from '../views/shapes.ts';

const { optional, mandatory } = fieldsOf<Member>();

const portNumber = integer(1, 65_535);

/** In upstream's order: of two mistakes the first one is reported. */
export const MEMBER = resourceOf<Member>()({
  argument: 'member_',
  wrapper: 'member',
  plural: 'members',
  schema: 'Member',
  fields: {
    name: nameField,
    admin_state_up: enabledField,
    address: mandatory({ attribute: 'ip_address', input: ipAddress(), shape: string }),
    protocol_port: mandatory({ attribute: 'protocol_port', input: portNumber, shape: port }),
    weight: optional({
      attribute: 'weight',
      input: integer(0, 256),
      initial: () => 1,
      shape: () => z.int().min(0).max(256),
    }),
    backup: optional({ attribute: 'backup', input: bool(), initial: () => false, shape: flag }),
    subnet_id: optional({
      attribute: 'subnet_id',
      input: uuid(),
      initial: () => null,
      shape: () => networkId().nullable(),
      keptByBatch: true,
    }),
    monitor_port: optional({
      attribute: 'monitor_port',
      input: portNumber,
      initial: () => null,
      shape: () => port().nullable(),
    }),
    monitor_address: optional({
      attribute: 'monitor_address',
      input: ipAddress(),
      initial: () => null,
      shape: () => string().nullable(),
    }),
    tags: tagsField,
  },
  shown: {
    vnic_type: shown(
      () => z.enum(['normal', 'direct']),
      ({ vnic_type }) => vnic_type,
    ),
  },
  hidden: { pool_id: ({ pool_id }) => pool_id },
});

const { monitor_port, monitor_address, tags, ...placed } = MEMBER.posts;
const checked = { monitor_port, monitor_address, tags, request_sriov: bool().nullish() };

/** Fields of POST, and of each member of a batch. */
export const createFields = attributes({ ...placed, ...projectFields, ...checked });

/** Fields of a member that comes with its pool. */
export const nestedFields = attributes({ ...placed, ...checked });
export type MemberFields = z.infer<typeof nestedFields>;

/** Members of a batch. */
export const batchFields = listOf(createFields);

/** Fields of PUT: absent keeps, null resets. */
export const updateFields = attributes(MEMBER.puts).omit({ address: true, protocol_port: true, subnet_id: true });

/** Where a member is to be. */
export interface MemberPlace extends Place {
  readonly pool_id: string;
  /** True when the pool has a health monitor, which will say how the member is. */
  readonly monitored: boolean;
}

/** The member that the fields ask for. */
export const draftMember = ({ pool_id, monitored, ...place }: MemberPlace, fields: MemberFields): Member => ({
  ...newObject(place),
  ...MEMBER.draft(fields, null),
  pool_id,
  vnic_type: 'normal',
  operating_status: monitored ? OperatingStatus.OFFLINE : OperatingStatus.NO_MONITOR,
});
