import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import { pathTo } from '../../lib/openstack/http/service-request.ts';
import { checked } from '../api/client.ts';
import { checkShape, findingShape, roundShape } from '../api/shapes.ts';
import { checkId } from '../explain/find-object.ts';
import { columns } from '../output/columns.ts';
import { CommandError, ExitCode, UsageError } from '../output/errors.ts';
import type { Terminal } from '../output/terminal.ts';
import { ago } from '../output/times.ts';
import type { Context, Work } from './context.ts';

const LOOK_MS = 1_000;
/** A check of some load balancers takes seconds; one that has not ended by then is stuck. */
const PATIENCE_MS = 300_000;

const accepted = z.object({ drift: checkShape });
type Finding = z.infer<typeof findingShape>;

const findingsTable = (terminal: Terminal, findings: readonly Finding[]): string =>
  columns(
    terminal,
    ['LOAD BALANCER', 'KIND', 'RESOURCE', 'EXPECTED', 'FOUND', 'SINCE', 'REMEDY'],
    findings.map(({ loadbalancer_id, kind, resource, resource_id, expected, found, first_seen, remedy }) => [
      loadbalancer_id,
      kind,
      [resource, resource_id].filter(Boolean).join(' '),
      expected,
      found,
      ago(first_seen),
      remedy,
    ]),
  );

const listFindings = async ({ api }: Context, ids: readonly string[]): Promise<readonly Finding[]> =>
  await api.list('/v2.0/octavia/drift/findings', 'findings', findingShape, {
    query: ids.map((id) => ['loadbalancer_id', id] as const),
  });

const open = (findings: readonly Finding[]): readonly Finding[] => findings.filter(({ repaired_at }) => !repaired_at);

const showRound: Work = async (context) => {
  const { api, printer, terminal } = context;
  const round = await api.get('/v2.0/octavia/drift', 'drift', roundShape);
  const findings = await listFindings(context, []);
  const heading =
    round === null
      ? 'There has been no round yet.\n'
      : `Round of ${ago(round.started_at)}${round.ended_at === null ? ', going on' : ''}: ${round.checked} checked, ${round.skipped} skipped, ${round.findings} findings\n`;
  printer.show({ round, findings }, () => [heading, findingsTable(terminal, findings)].filter(Boolean).join('\n'));
  return open(findings).length === 0 ? ExitCode.FINE : ExitCode.FINDING;
};

const ended = async ({ api, terminal }: Context, id: string): Promise<z.infer<typeof checkShape>> => {
  for (const end = Date.now() + PATIENCE_MS; ; ) {
    const check = await api.get(pathTo`/v2.0/octavia/drift/checks/${id}`, 'check', checkShape);
    if (check.ended_at !== null) return check;
    if (Date.now() > end) {
      throw new CommandError(`drift check ${id} has not ended after 5 min`, 'see UpkeepFailsAlarm in docs/runbook.md');
    }
    await wait(LOOK_MS, undefined, { signal: terminal.signal });
  }
};

/** What differs between the table and the cloud: of the last round, or of some load balancers as they are now. */
export const drift =
  (given: readonly string[], { repair }: { readonly repair: boolean }): Work =>
  async (context) => {
    const ids = given.map(checkId);
    if (ids.length === 0) {
      if (repair) throw new UsageError('--repair takes ids of load balancers', 'deploy-worker drift --repair <id>...');
      return await showRound(context);
    }
    const { api, printer, terminal } = context;
    const { body } = await api.send('POST', '/v2.0/octavia/drift', {
      body: { drift: { loadbalancer_ids: ids, repair } },
    });
    const check = await ended(context, checked(accepted, body, 'POST /v2.0/octavia/drift').drift.id);
    const findings = await listFindings(context, ids);
    printer.show({ check, findings }, () =>
      [
        columns(
          terminal,
          ['LOAD BALANCER', 'CHECK', 'FINDINGS', 'REPAIR'],
          check.loadbalancers.map((one) => [one.loadbalancer_id, one.status, one.findings, one.repair_operation_id]),
        ),
        findingsTable(terminal, findings),
      ]
        .filter(Boolean)
        .join('\n'),
    );
    return open(findings).length === 0 ? ExitCode.FINE : ExitCode.FINDING;
  };
