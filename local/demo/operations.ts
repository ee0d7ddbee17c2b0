import * as z from 'zod';
import { type Client, until } from './client.ts';

const NOTED_WITHIN_MS = 300;

const operationSchema = z.looseObject({
  id: z.string(),
  flow: z.string(),
  status: z.string(),
  created_at: z.string(),
  ended_at: z.string().nullable(),
  duration_ms: z.number().nullable(),
  error_name: z.string().nullable(),
  steps: z.array(
    z.looseObject({
      name: z.string(),
      outcome: z.string(),
      attempts: z.number(),
      started_at: z.string(),
      ended_at: z.string().nullable(),
      duration_ms: z.number().nullable(),
      error_name: z.string().nullable(),
    }),
  ),
});
export type OperationRecord = z.infer<typeof operationSchema>;

/** The records of a load balancer's operations, newest first. */
export const listOperations = async (client: Client, loadBalancerId: string): Promise<readonly OperationRecord[]> => {
  const { body } = await client.request('GET', `/lbaas/loadbalancers/${loadBalancerId}/operations`);
  return z.object({ operations: z.array(operationSchema) }).parse(body).operations;
};

/** One record; a joined operation's ends with the one that carried it. */
export const showOperation = async (client: Client, id: string): Promise<OperationRecord> => {
  const { body } = await client.request('GET', `/lbaas/operations/${id}`);
  return z.object({ operation: operationSchema }).parse(body).operation;
};

/** The newest operation of a flow. @throws Error when there is none */
export const newestOperation = async (client: Client, loadBalancerId: string, flow: string): Promise<string> => {
  const found = (await listOperations(client, loadBalancerId)).find((operation) => operation.flow === flow);
  if (found === undefined) throw new Error(`there is no operation ${flow}`);
  return found.id;
};

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(2).padStart(6);

/**
 * Prints each step of an operation as it ends: when, its name, how long it took.
 * @returns the record once the operation has ended
 * @throws Error when it has not within `limit` seconds
 */
export const followOperation = async (
  client: Client,
  id: string,
  print: (line: string) => void,
  limit: number,
): Promise<OperationRecord> => {
  const printed = new Set<string>();
  return await until(`the end of operation ${id}`, limit, async () => {
    const operation = await showOperation(client, id);
    const ended = operation.steps
      .filter((step) => step.ended_at !== null)
      .sort((left, right) => String(left.ended_at).localeCompare(String(right.ended_at)));
    for (const step of ended) {
      const key = `${step.name} ${step.started_at}`;
      if (printed.has(key)) continue;
      printed.add(key);
      const at = Date.parse(step.ended_at ?? step.started_at) - Date.parse(operation.created_at);
      const trouble = step.error_name === null ? '' : `  ${step.error_name}`;
      print(`  ${seconds(at)} s  ${step.name.padEnd(24)} ${String(step.duration_ms ?? 0).padStart(5)} ms${trouble}`);
    }
    if (operation.ended_at === null) return null;
    // The last step closes the operation, and is noted a moment later.
    const noted = operation.steps.every((step) => step.ended_at !== null);
    return noted || Date.now() - Date.parse(operation.ended_at) > NOTED_WITHIN_MS ? operation : null;
  });
};
