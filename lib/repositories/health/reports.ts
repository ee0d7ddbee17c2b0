import { DeleteCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Report } from '../../models/health.ts';
import { documents, tableName } from '../table/client.ts';
import { HealthRow, healthKey } from '../table/keys.ts';

const words = z.record(z.string(), z.string());

const reportRow: z.ZodType<Report> = z.object({
  amphora_id: z.string(),
  listeners: words,
  pools: z.record(z.string(), z.object({ status: z.string(), members: words })),
});

/** Keeps an amphora's status report, for receivers that must know the reports of all amphorae of a load balancer. */
export const putReport = async (report: Report): Promise<void> => {
  const Item = { ...report, ...healthKey(report.amphora_id, HealthRow.REPORT) };
  await documents().send(new PutCommand({ TableName: tableName(), Item }));
};

const rowsOf = async (amphoraId: string): Promise<readonly Record<string, unknown>[]> => {
  const { Items } = await documents().send(
    new QueryCommand({
      TableName: tableName(),
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': healthKey(amphoraId, HealthRow.HEARTBEAT).pk },
      ConsistentRead: true,
    }),
  );
  return Items ?? [];
};

/** What an amphora said last, if it has been well since that moment (ISO 8601); else null. */
export const findReport = async (amphoraId: string, wellSince: string): Promise<Report | null> => {
  const rows = await rowsOf(amphoraId);
  const heartbeat = rows.find(({ sk }) => sk === HealthRow.HEARTBEAT);
  const report = rows.find(({ sk }) => sk === HealthRow.REPORT);
  if (report === undefined || heartbeat === undefined || String(heartbeat.work_at) < wellSince) return null;
  return reportRow.parse(report);
};

/** Forgets all that is known of an amphora's life: it has none any more. */
export const forgetHealth = async (amphoraId: string): Promise<void> => {
  for (const { sk } of await rowsOf(amphoraId)) {
    const { pk } = healthKey(amphoraId, HealthRow.HEARTBEAT);
    await documents().send(new DeleteCommand({ TableName: tableName(), Key: { pk, sk } }));
  }
};
