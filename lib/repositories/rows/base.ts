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

export const namedRow = { ...baseRow, name: z.string() };
