import { pathTo } from '../../lib/openstack/http/service-request.ts';
import { MOST_OBJECTS } from '../api/client.ts';
import { operationShape } from '../api/shapes.ts';
import { counted, type Fleet, readFleet } from '../checks/fleet.ts';
import { daysLeft, findingsOfFleet, oldestLock } from '../checks/fleet-findings.ts';
import { colored, columns } from '../output/columns.ts';
import { ExitCode } from '../output/errors.ts';
import { safeText } from '../output/safe-text.ts';
import type { Terminal } from '../output/terminal.ts';
import { ago } from '../output/times.ts';
import type { Context, Work } from './context.ts';

/** Rows of one part of the screen. */
const MOST_ROWS = 10;
/** Queued operations whose position is asked for. */
const MOST_QUEUED = 5;

interface Queued {
  readonly id: string;
  readonly limit: string;
  readonly position: number;
}

const queuedOf = async ({ api }: Context, { operations }: Fleet): Promise<readonly Queued[]> => {
  const waiting = operations
    .filter(({ status }) => status === 'COMMITTED')
    .toReversed()
    .slice(0, MOST_QUEUED);
  const shown = await Promise.all(
    waiting.map(({ id }) => api.find(pathTo`/v2.0/lbaas/operations/${id}`, 'operation', operationShape)),
  );
  return shown.flatMap((one) => (one?.queue ? [{ id: one.id, ...one.queue }] : []));
};

const summary = (terminal: Terminal, counts: Readonly<Record<string, number>>): string => {
  const parts = Object.entries(counts).map(([status, count]) => `${count} ${colored(terminal, status)}`);
  return parts.length === 0 ? 'none' : parts.join(', ');
};

const overview = (fleet: Fleet, queue: readonly Queued[]) => {
  const { loadBalancers, operations, amphorae, health, drift } = fleet;
  const days = daysLeft(amphorae ?? []);
  return {
    load_balancers: counted(loadBalancers.map(({ provisioning_status }) => provisioning_status)),
    operating: counted(loadBalancers.map(({ operating_status }) => operating_status)),
    operations_24h: counted(operations.map(({ status }) => status)),
    oldest_lock: oldestLock(fleet),
    queue,
    amphorae: amphorae === null ? null : counted(amphorae.map(({ status }) => status)),
    certificate_days_left: days,
    receivers: health?.receivers ?? null,
    storms: health?.storms ?? null,
    drift: drift ?? null,
    in_error: loadBalancers.filter(({ provisioning_status }) => provisioning_status === 'ERROR').slice(0, MOST_ROWS),
    findings: findingsOfFleet(fleet),
    /** There are more load balancers or operations than were counted. */
    is_cut: [loadBalancers, operations].some(({ length }) => length >= MOST_OBJECTS),
  };
};

const asText = (terminal: Terminal, fleet: Fleet, seen: ReturnType<typeof overview>): string => {
  const { health, drift } = fleet;
  const { oldest_lock: oldest, queue, certificate_days_left: days, in_error } = seen;
  const line = (name: string, value: string): string => `${terminal.style('bold', name.padEnd(18))}${value}\n`;
  const receivers = health?.receivers.map(
    ({ id, healthy, amphorae }) =>
      `${safeText(id)} ${colored(terminal, healthy ? 'healthy' : 'unhealthy')} (${amphorae} amphorae)`,
  );
  const storms = health?.storms.map(
    ({ zone, silent, known }) => `${safeText(zone)}: ${silent} of ${known} amphorae silent, no automatic failovers`,
  );
  const parts = [
    seen.is_cut
      ? `There are more: the first ${MOST_OBJECTS} load balancers and the last ${MOST_OBJECTS} operations count.\n`
      : '',
    line('Load balancers', summary(terminal, seen.load_balancers)),
    line('Operating', summary(terminal, seen.operating)),
    line('Operations, 24 h', summary(terminal, seen.operations_24h)),
    line('Oldest lock', oldest === null ? 'none' : `${safeText(oldest.words)}, ${ago(oldest.since)}`),
    line(
      'Queue',
      queue.length === 0
        ? 'empty'
        : queue.map(({ id, limit, position }) => `${id} at ${position} for ${safeText(limit)}`).join(', '),
    ),
    seen.amphorae === null ? '' : line('Amphorae', summary(terminal, seen.amphorae)),
    days === null ? '' : line('Certificates', `the next one expires in ${days} days`),
    receivers === undefined ? '' : line('Receivers', receivers.join(', ') || 'none'),
    storms === undefined ? '' : line('Storm governor', storms.join('; ') || 'calm'),
    drift === undefined
      ? ''
      : line(
          'Drift',
          drift === null
            ? 'no round yet'
            : `${drift.findings} findings, ${drift.checked} checked, ${ago(drift.started_at)}`,
        ),
    in_error.length === 0
      ? ''
      : `\n${columns(
          terminal,
          ['IN ERROR', 'NAME', 'SINCE', 'WHY'],
          in_error.map(({ id, name, updated_at }) => [
            id,
            name ?? null,
            ago(updated_at ?? null),
            `deploy-worker why ${id}`,
          ]),
        )}`,
    seen.findings.length === 0
      ? ''
      : `\n${terminal.style('bold', 'Needs attention')}\n${seen.findings.map(({ text, remedy }) => `- ${safeText(text)}: ${safeText(remedy)}\n`).join('')}`,
  ];
  return parts.join('');
};

/** One screen about the fleet, or for a tenant about the own project. Ends with 1 when something needs attention. */
export const status: Work = async (context) => {
  const fleet = await readFleet(context.api);
  const seen = overview(fleet, await queuedOf(context, fleet));
  context.printer.show(seen, () => asText(context.terminal, fleet, seen));
  return seen.findings.length === 0 ? ExitCode.FINE : ExitCode.FINDING;
};
