import type { Api } from '../api/client.ts';
import { amphoraShape, healthShape, roundShape } from '../api/shapes.ts';
import { checkEndpoint, checkRights, checkSignIn, finding, ok, type Result, skipped } from '../checks/check-access.ts';
import { checkQuotas } from '../checks/check-quotas.ts';
import { visible } from '../checks/fleet.ts';
import {
  certificateFindings,
  daysLeft,
  driftFindings,
  type Finding,
  receiverFindings,
  stormFindings,
} from '../checks/fleet-findings.ts';
import { columns } from '../output/columns.ts';
import { described, ExitCode } from '../output/errors.ts';
import { safeText } from '../output/safe-text.ts';
import type { Terminal } from '../output/terminal.ts';
import type { Work } from './context.ts';

const results = (check: string, found: readonly Finding[], fine: string): readonly Result[] =>
  found.length === 0 ? [ok(check, fine)] : found.map(({ text, remedy, page }) => finding(check, text, remedy, page));

/** A check that cannot be made is a finding of its own. */
const attempt = async (check: string, made: () => Promise<readonly Result[]>): Promise<readonly Result[]> => {
  try {
    return await made();
  } catch (error) {
    const { message, remedy } = described(error);
    return [finding(check, message, remedy, 'docs/runbook.md#api')];
  }
};

const checkAmphorae = async (api: Api): Promise<readonly Result[]> => {
  const query = ['id', 'loadbalancer_id', 'status', 'cert_expiration'].map((field) => ['fields', field] as const);
  const [amphorae, health] = await Promise.all([
    visible(api.list('/v2.0/octavia/amphorae', 'amphorae', amphoraShape, { query })),
    visible(api.get('/v2.0/octavia/health', 'health', healthShape)),
  ]);
  if (amphorae === null || health === null) {
    return ['receivers', 'storm governor', 'certificates'].map((check) => skipped(check, 'for operators only'));
  }
  const days = daysLeft(amphorae);
  const count = health.receivers.length;
  return [
    ...results(
      'receivers',
      receiverFindings({ health, amphorae }),
      count === 0 ? 'none, and no amphorae' : `${count} healthy`,
    ),
    ...results('storm governor', stormFindings({ health }), 'calm'),
    ...results(
      'certificates',
      certificateFindings({ amphorae }),
      days === null ? 'no amphorae' : `at least ${days} days left`,
    ),
  ];
};

const checkDrift = async (api: Api): Promise<readonly Result[]> => {
  const round = await visible(api.get('/v2.0/octavia/drift', 'drift', roundShape).then((drift) => ({ drift })));
  if (round === null) return [skipped('drift', 'for operators only')];
  const { drift } = round;
  if (drift === null) return [skipped('drift', 'there has been no round yet')];
  return results('drift', driftFindings({ drift }), `none in ${drift.checked} load balancers`);
};

const asText = (terminal: Terminal, all: readonly Result[]): string => {
  const remedies = all
    .filter(({ outcome }) => outcome === 'finding')
    .map(
      ({ check, remedy, page }) =>
        `- ${safeText(check)}: ${safeText(remedy ?? 'see')}${page === null ? '' : ` (${page})`}\n`,
    );
  const table = columns(
    terminal,
    ['CHECK', 'OUTCOME', 'FOUND'],
    all.map(({ check, outcome, found }) => [check, outcome, found]),
  );
  if (remedies.length === 0) return `${table}\nNothing needs attention.\n`;
  return `${table}\n${terminal.style('bold', 'What to do')}\n${remedies.join('')}`;
};

/** Whether these credentials, the endpoint and what is behind it are as they should be. Ends with 1 for any finding. */
export const check: Work = async ({ api, printer, terminal }) => {
  const credentials = await checkSignIn(api);
  const all: Result[] = [credentials];
  if (credentials.outcome === 'ok') all.push(...(await attempt('endpoint', () => checkEndpoint(api))));
  if (all.every(({ outcome }) => outcome !== 'finding')) {
    const parts = await Promise.all([
      attempt('rights', () => checkRights(api)),
      attempt('amphorae', () => checkAmphorae(api)),
      attempt('drift', () => checkDrift(api)),
      attempt('quotas', async () => [await checkQuotas(api)]),
    ]);
    all.push(...parts.flat());
  }
  printer.show(all, () => asText(terminal, all));
  return all.some(({ outcome }) => outcome === 'finding') ? ExitCode.FINDING : ExitCode.FINE;
};
