import * as z from 'zod';
import { OperatingStatus, ProvisioningStatus } from '../../models/statuses.ts';

/** Rows are checked when they are read: an older or damaged row is named, not guessed at. */
export const baseRow = {
  id: z.string(),
  project_id: z.string(),
  created_at: z.string(),
  updated_at: z.string().nullable(),
  tags: z.array(z.string()),
  provisioning_status: z.enum(ProvisioningStatus),
  operating_status: z.enum(OperatingStatus),
};

/** Of objects that belong to no project, and count what refers to them. */
export const operatorsRow = { id: z.string(), name: z.string(), created_at: z.string(), in_use: z.number() };

export const namedRow = { ...baseRow, name: z.string() };
