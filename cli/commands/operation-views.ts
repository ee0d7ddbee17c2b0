import type { BriefOperation, Operation, Step } from '../api/shapes.ts';
import { columns, pairs } from '../output/columns.ts';
import type { Terminal } from '../output/terminal.ts';
import { ago, duration } from '../output/times.ts';

const took = (milliseconds: number | null | undefined): string =>
  milliseconds === null || milliseconds === undefined ? '-' : duration(milliseconds);

/** A line for each operation. */
export const operationsTable = (terminal: Terminal, operations: readonly BriefOperation[]): string =>
  columns(
    terminal,
    ['ID', 'FLOW', 'STATUS', 'LOAD BALANCER', 'ACCEPTED', 'TOOK', 'FAILED STEP', 'ERROR'],
    operations.map(
      ({ id, flow, status, loadbalancer_id, amphora_id, created_at, duration_ms, failed_step, error_name }) => [
        id,
        flow,
        status,
        loadbalancer_id ?? (amphora_id ? `amphora ${amphora_id}` : null),
        ago(created_at),
        took(duration_ms),
        failed_step,
        error_name,
      ],
    ),
  );

/** A line for each step, with its error below the others'. */
export const stepsTable = (terminal: Terminal, steps: readonly Step[]): string =>
  columns(
    terminal,
    ['STEP', 'AMPHORA', 'OUTCOME', 'TRIES', 'TOOK', 'ERROR'],
    steps.map(({ name, subject, outcome, attempts, duration_ms, error_name }) => [
      name,
      subject ?? null,
      outcome,
      attempts,
      took(duration_ms),
      error_name,
    ]),
  );

/** One operation with its steps. */
export const operationText = (terminal: Terminal, operation: Operation): string => {
  const { queue, requester, steps } = operation;
  const facts = pairs(terminal, [
    ['id', operation.id],
    ['flow', operation.flow],
    ['status', operation.status],
    ['load balancer', operation.loadbalancer_id],
    ['amphora', operation.amphora_id ?? null],
    ['project', operation.project_id ?? null],
    ['accepted', `${operation.created_at} (${ago(operation.created_at)})`],
    ['took', took(operation.duration_ms)],
    ['carried by', operation.carried_by ?? null],
    ['queue', queue ? `place ${queue.position} for the limit ${queue.limit}` : null],
    ['asked by', requester ? `user ${requester.user_id}, request ${requester.request_id}` : null],
    ['failed step', operation.failed_step],
    ['error', operation.error_name],
    ['message', operation.error_message],
    ['reason', operation.reason ?? null],
  ]);
  return steps.length === 0 ? facts : `${facts}\n${stepsTable(terminal, steps)}`;
};
