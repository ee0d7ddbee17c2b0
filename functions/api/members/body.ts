import type * as z from 'zod';
import { commonCreateFields, commonUpdateFields } from '../children/common-fields.ts';
import { attributes, bool, integer, ipAddress, listOf, uuid } from '../fields/fields.ts';

const port = () => integer(1, 65_535);

const { name, admin_state_up, project_id, tenant_id, tags } = commonCreateFields;
const weight = integer(0, 256).nullish();
const backup = bool().nullish();
const monitor_address = ipAddress().nullish();
const monitor_port = port().nullish();

/** In upstream's order: of two mistakes the first one is told. */
const placed = {
  name,
  admin_state_up,
  address: ipAddress(),
  protocol_port: port(),
  weight,
  backup,
  subnet_id: uuid().nullish(),
};
const checked = { monitor_port, monitor_address, tags, request_sriov: bool().nullish() };

/** Fields of POST, and of each member of a batch. */
export const createFields = attributes({ ...placed, project_id, tenant_id, ...checked });

/** Fields of a member that comes with its pool. */
export const nestedFields = attributes({ ...placed, ...checked });
export type MemberFields = z.infer<typeof nestedFields>;

/** Members of a batch. */
export const batchFields = listOf(createFields);

/** Fields of PUT: absent keeps, null resets. */
export const updateFields = attributes({ ...commonUpdateFields, weight, backup, monitor_port, monitor_address });
export type UpdateFields = z.infer<typeof updateFields>;

/** What upstream's messages call the two bodies. */
export const WRAPPING = { argument: 'member_', wrapper: 'member' } as const;
