import * as z from 'zod';

export const executionStatuses = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const;
export type ExecutionStatus = (typeof executionStatuses)[number];

export const executionSchema = z.object({
  arn: z.string(),
  stateMachineArn: z.string(),
  name: z.string(),
  /** JSON text, as the caller sent it. */
  input: z.string(),
  status: z.enum(executionStatuses),
  /** Milliseconds UTC. */
  startDate: z.number(),
  stopDate: z.number().nullable(),
  output: z.string().nullable(),
  error: z.string().nullable(),
  cause: z.string().nullable(),
});

/** One execution as DescribeExecution answers it. */
export type ExecutionRecord = z.infer<typeof executionSchema>;
