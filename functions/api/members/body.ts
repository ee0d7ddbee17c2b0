import type * as z from 'zod';
import { commonCreateFields, commonUpdateFields } from '../children/common-fields.ts';
import { attributes, bool, integer, ipAddress, listOf, uuid } from '../fields/fields.ts';

const port = () => integer(1, 65_535);

const changeable = {
  weight: integer(0, 256).nullish(),
  backup: bool().nullish(),
  monitor_address: ipAddress().nullish(),
  monitor_port: port().nullish(),
};

/** Fields of POST, and of each member of a batch. */
export const createFields = attributes({
  ...commonCreateFields,
  ...changeable,
  address: ipAddress(),
  protocol_port: port(),
  subnet_id: uuid().nullish(),
  request_sriov: bool().nullish(),
});
export type MemberFields = z.infer<typeof createFields>;

/** Members of a batch. */
export const batchFields = listOf(createFields);

/** Fields of PUT: absent keeps, null resets. */
export const updateFields = attributes({ ...commonUpdateFields, ...changeable });
export type UpdateFields = z.infer<typeof updateFields>;

/** What upstream's messages call the two bodies. */
export const WRAPPING = { argument: 'member_', wrapper: 'member' } as const;
