import type { Store } from 'dynalite/db/index.js';
import * as z from 'zod';
import { AwsError } from '../http/aws-error.ts';
import { readTable } from './items.ts';

const timeToLiveSchema = z.object({
  TableName: z.string(),
  TimeToLiveSpecification: z.object({ Enabled: z.boolean(), AttributeName: z.string().min(1).max(255) }),
});
const nameSchema = z.object({ TableName: z.string() });
const backupsSchema = z.object({
  TableName: z.string(),
  PointInTimeRecoverySpecification: z.object({ PointInTimeRecoveryEnabled: z.boolean() }),
});
const settingsSchema = z.object({ ttlAttribute: z.string().nullable(), backups: z.boolean() });
type Settings = z.infer<typeof settingsSchema>;

const parse = <T>(schema: z.ZodType<T>, input: unknown): T => {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new AwsError(
    'com.amazon.coral.validate#ValidationException',
    `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is malformed'}`,
  );
};

const settingsKey = (tableName: string): string => `settings~${tableName}`;

/** What the table was told about time to live and backups; both are off until asked for. */
export const readSettings = async (store: Store, tableName: string): Promise<Settings> => {
  const parsed = settingsSchema.safeParse(await store.db.get(settingsKey(tableName)));
  return parsed.success ? parsed.data : { ttlAttribute: null, backups: false };
};

const change = async (store: Store, tableName: string, values: Partial<Settings>): Promise<void> => {
  await readTable(store, tableName);
  await store.db.put(settingsKey(tableName), { ...(await readSettings(store, tableName)), ...values });
};

const backupsDescription = (enabled: boolean): object => ({
  ContinuousBackupsDescription: {
    ContinuousBackupsStatus: 'ENABLED',
    PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: enabled ? 'ENABLED' : 'DISABLED' },
  },
});

/** The calls about a table as a whole that dynalite does not have. Backups are accepted and not made. */
export const tableOperations: Record<string, (store: Store, input: unknown) => Promise<object>> = {
  UpdateTimeToLive: async (store, input) => {
    const { TableName, TimeToLiveSpecification: wanted } = parse(timeToLiveSchema, input);
    await change(store, TableName, { ttlAttribute: wanted.Enabled ? wanted.AttributeName : null });
    return { TimeToLiveSpecification: wanted };
  },
  DescribeTimeToLive: async (store, input) => {
    const { TableName } = parse(nameSchema, input);
    await readTable(store, TableName);
    const { ttlAttribute: attribute } = await readSettings(store, TableName);
    return {
      TimeToLiveDescription: attribute
        ? { TimeToLiveStatus: 'ENABLED', AttributeName: attribute }
        : { TimeToLiveStatus: 'DISABLED' },
    };
  },
  UpdateContinuousBackups: async (store, input) => {
    const { TableName, PointInTimeRecoverySpecification: wanted } = parse(backupsSchema, input);
    await change(store, TableName, { backups: wanted.PointInTimeRecoveryEnabled });
    return backupsDescription(wanted.PointInTimeRecoveryEnabled);
  },
  DescribeContinuousBackups: async (store, input) => {
    const { TableName } = parse(nameSchema, input);
    await readTable(store, TableName);
    return backupsDescription((await readSettings(store, TableName)).backups);
  },
};
