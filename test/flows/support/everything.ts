import { setTimeout as pause } from 'node:timers/promises';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'vitest';
import type { StandInCloud } from '../../../local/cloud/cloud.ts';

/** Every row of the table, and everything in the cloud but its clock and its tokens. */
export const everything = async ({ state }: StandInCloud) => {
  const { documents, tableName } = await import('../../../lib/repositories/table/client.ts');
  const rows: Record<string, unknown>[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const page = await documents().send(
      new ScanCommand({ TableName: tableName(), ConsistentRead: true, ExclusiveStartKey: from }),
    );
    rows.push(...(page.Items ?? []));
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  const { ports, securityGroups, securityGroupRules, servers, serverGroups, secrets } = state;
  const cloud = [ports, securityGroups, securityGroupRules, servers, serverGroups, secrets].map((things) => [
    ...things,
  ]);
  return { rows: rows.map((row) => JSON.stringify(row)).sort(), cloud: JSON.stringify(cloud) };
};

/** The same once the functions of what was aborted have come to their ends. */
export const atRest = async (cloud: StandInCloud) => {
  let now = await everything(cloud);
  const isStill = async () => {
    const before = now;
    await pause(1_000);
    now = await everything(cloud);
    return JSON.stringify(now) === JSON.stringify(before);
  };
  await expect.poll(isStill).toBe(true);
  return now;
};
