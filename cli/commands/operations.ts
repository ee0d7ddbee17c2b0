import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import { pathTo } from '../../lib/openstack/http/service-request.ts';
import { checked, type Query } from '../api/client.ts';
import { BRIEF_FIELDS, briefShape, dryRunShape, type Operation, operationShape, type Step } from '../api/shapes.ts';
import { isUnderWay } from '../explain/choose-operation.ts';
import { checkId } from '../explain/find-object.ts';
import { colored } from '../output/columns.ts';
import { CommandError, ExitCode, RefusedError } from '../output/errors.ts';
import { safeText } from '../output/safe-text.ts';
import { duration, sinceOf } from '../output/times.ts';
import type { Context, Work } from './context.ts';
import { dryRunText } from './dry-run-view.ts';
import { operationsTable, operationText } from './operation-views.ts';

const LIST = '/v2.0/lbaas/operations';
const LOOK_MS = 1_000;

export interface ListOptions {
  readonly status?: readonly string[];
  readonly flow?: readonly string[];
  readonly project?: string;
  readonly loadBalancer?: string;
  readonly since?: string;
  readonly limit: number;
}

/** Operations, newest first. */
export const listOperations =
  ({ status = [], flow = [], project, loadBalancer, since, limit }: ListOptions): Work =>
  async ({ api, printer, terminal }) => {
    const query: Query = [
      ...status.map((one) => ['status', one.toUpperCase()] as const),
      ...flow.map((one) => ['flow', one] as const),
      ...(project === undefined ? [] : [['project_id', project] as const]),
      ...(loadBalancer === undefined ? [] : [['loadbalancer_id', checkId(loadBalancer)] as const]),
      ...(since === undefined ? [] : [['since', sinceOf(since)] as const]),
      ...BRIEF_FIELDS.map((field) => ['fields', field] as const),
    ];
    const operations = await api.list(LIST, 'operations', briefShape, { query, most: limit });
    printer.show(operations, () => operationsTable(terminal, operations) || 'There are no such operations.\n');
    return ExitCode.FINE;
  };

const read = async ({ api }: Context, id: string): Promise<Operation> =>
  await api.get(pathTo`/v2.0/lbaas/operations/${checkId(id)}`, 'operation', operationShape);

/** One operation with its steps. */
export const showOperation =
  (id: string): Work =>
  async (context) => {
    const operation = await read(context, id);
    context.printer.show(operation, () => operationText(context.terminal, operation));
    return ExitCode.FINE;
  };

const keyOf = ({ name, subject, outcome, attempts }: Step): string =>
  JSON.stringify([name, subject, outcome, attempts]);

/** Shows each step as it begins and ends, until the operation has ended, also where another carries it on. */
export const watchOperation =
  (first: string): Work =>
  async (context) => {
    const { printer, terminal } = context;
    const shown = new Set<string>();
    let id = checkId(first);
    for (;;) {
      const operation = await read(context, id);
      for (const step of operation.steps.filter((one) => !shown.has(keyOf(one)))) {
        shown.add(keyOf(step));
        const { name, subject, outcome, attempts, duration_ms, error_name } = step;
        const more = [
          ...(subject ? [`amphora ${subject}`] : []),
          ...(attempts > 1 ? [`try ${attempts}`] : []),
          ...(duration_ms === null ? [] : [duration(duration_ms)]),
          ...(error_name === null ? [] : [error_name]),
        ];
        printer.showNext(
          { operation_id: id, ...step },
          () => `${colored(terminal, outcome)}  ${safeText([name, ...more].join(', '))}\n`,
        );
      }
      if (operation.status === 'SUPERSEDED' && operation.carried_by) {
        printer.tell(`operation ${id} lost its execution; ${operation.carried_by} carries it on\n`);
        id = checkId(operation.carried_by);
        continue;
      }
      if (!isUnderWay(operation)) {
        const { status, error_name, ended_at } = operation;
        printer.showNext(
          { operation_id: id, status, error_name, ended_at },
          () => `operation ${id}: ${colored(terminal, status)}\n`,
        );
        if (status === 'SUCCEEDED') return ExitCode.FINE;
        printer.tell(`deploy-worker why ${id}\n`);
        return ExitCode.FINDING;
      }
      await wait(LOOK_MS, undefined, { signal: terminal.signal });
    }
  };

export interface RetryOptions {
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly watch: boolean;
}

const redriven = z.object({ operation: operationShape });

/** Starts again what has lost its execution, or with `force` what runs. */
export const retryOperation =
  (id: string, { force, dryRun, watch }: RetryOptions): Work =>
  async (context) => {
    const { api, printer, terminal } = context;
    const path = pathTo`/v2.0/lbaas/operations/${checkId(id)}/redrive`;
    const query: Query = [
      ...(force ? [['force', 'true'] as const] : []),
      ...(dryRun ? [['dry_run', 'true'] as const] : []),
    ];
    const { body } = await api.send('POST', path, { query, idempotencyKey: randomUUID() }).catch((error: unknown) => {
      if (!(error instanceof RefusedError) || error.status !== 409) throw error;
      throw new CommandError(error.message, `deploy-worker why ${id} says what helps instead`);
    });
    if (dryRun) {
      const { dry_run } = checked(dryRunShape, body, `POST ${path}`);
      printer.show(dry_run, () => dryRunText(terminal, dry_run));
      return ExitCode.FINE;
    }
    const { operation } = checked(redriven, body, `POST ${path}`);
    if (watch) return await watchOperation(operation.id)(context);
    printer.show(
      operation,
      () => `operation ${operation.id} carries it on: deploy-worker operations watch ${operation.id}\n`,
    );
    return ExitCode.FINE;
  };
