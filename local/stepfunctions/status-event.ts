import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../json.ts';
import { ACCOUNT } from './names.ts';
import type { ExecutionRecord } from './records.ts';

/** An event of EventBridge's default bus. */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** ISO time. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: JsonObject;
}

/** "Step Functions Execution Status Change" for a record as it is now. */
export const statusChangeEvent = (record: ExecutionRecord, region: string): BusEvent => ({
  version: '0',
  id: randomUUID(),
  'detail-type': 'Step Functions Execution Status Change',
  source: 'aws.states',
  account: ACCOUNT,
  time: new Date(record.stopDate ?? record.startDate).toISOString(),
  region,
  resources: [record.arn],
  detail: {
    executionArn: record.arn,
    stateMachineArn: record.stateMachineArn,
    name: record.name,
    status: record.status,
    startDate: record.startDate,
    stopDate: record.stopDate,
    input: record.input,
    inputDetails: { included: true },
    output: record.output,
    outputDetails: record.output === null ? null : { included: true },
    error: record.error,
    cause: record.cause,
    redriveCount: 0,
    redriveStatus: record.status === 'RUNNING' || record.status === 'SUCCEEDED' ? 'NOT_REDRIVABLE' : 'REDRIVABLE',
  },
});
