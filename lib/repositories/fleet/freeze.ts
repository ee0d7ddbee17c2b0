import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { endDryRun } from '../../context/dry-run.ts';
import type { Freeze } from '../../models/freeze.ts';
import { documents, tableName } from '../table/client.ts';
import { freezeKey } from '../table/keys.ts';
import { findRow } from '../table/query.ts';

const freezeRow: z.ZodType<Freeze> = z.object({
  reason: z.string(),
  since: z.string(),
  user_id: z.string().nullable(),
});

/** null while the worker is not frozen; strongly consistent. */
export const findFreeze = async (): Promise<Freeze | null> => {
  const row = await findRow(freezeKey);
  return row === null ? null : freezeRow.parse(row);
};

/** Freezes, or thaws with null. Twice does no harm: the later word stands. */
export const writeFreeze = async (freeze: Freeze | null): Promise<void> => {
  endDryRun();
  const at = { TableName: tableName() };
  if (freeze === null) await documents().send(new DeleteCommand({ ...at, Key: freezeKey }));
  else await documents().send(new PutCommand({ ...at, Item: { ...freeze, ...freezeKey } }));
};
