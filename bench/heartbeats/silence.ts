// The sweep for stale amphorae among many, and a thousand that become stale at once. Each figure is a line of JSON.
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import { handler as admitOperations } from '../../functions/housekeeping/admit-operations.ts';
import { ControllerWorker } from '../../lib/controller-worker.ts';
import { AmphoraUnreachableError, CloudUnavailableError } from '../../lib/errors/cloud.ts';
import type { AlarmDetail } from '../../lib/health/alarm.ts';
import { HEALTH, type LookAfterParts, lookAfter } from '../../lib/health/look-after.ts';
import { createSweep } from '../../lib/health/receiver/sweep.ts';
import { settle } from '../../lib/repositories/locks/settlements.ts';
import { useTable } from '../../test/helpers/table.ts';
import { mostAtOnce, type Span } from '../local/builds.ts';
import { runClients } from '../local/clients.ts';
import { atLeast, atMost, below, figure } from '../report/figure.ts';
import { median } from '../report/statistics.ts';
import { simulateAmphorae, writeRows } from './amphorae.ts';
import { watchRequests } from './requests.ts';
import { say } from './say.ts';

const KNOWN = 100_000;
const SILENT = 1_000;
const LOOKS = 5;
const LOOK_MS = 1_000;
/** As many invocations of the function that looks after alarms at a time. */
const INVOCATIONS = 20;
/** How long an execution lasts here. */
const EXECUTION_MS = 200;
/** Less than the age of the stale heartbeats. */
const TIMEOUT_MS = 30_000;
const FAILOVER_LIMIT = 10;
const PATIENCE_MS = 600_000;
const PREFIX = 'arn:aws:states:us-east-1:000000000000:stateMachine:deploy-worker-';

await useTable();
const amphorae = await simulateAmphorae();
const now = Date.now();
/** The first thousand are stale, all others sent a heartbeat just now. */
const heartbeatRow = (number: number) => amphorae.heartbeatRow(number, 7, number < SILENT ? now - 40_000 : now);
await writeRows(SILENT, amphorae.rowsOf);
await writeRows(KNOWN - SILENT, (number) => [heartbeatRow(SILENT + number)]);

/** A sweep by a receiver that is certain to receive. @param known amphorae with a recent heartbeat */
const look = (known: number) => {
  const raised: AlarmDetail[] = [];
  const sweep = createSweep({
    receiverId: 'bench',
    now: () => now,
    receiverHealth: {
      failed: () => undefined,
      works: () => undefined,
      wasAway: () => undefined,
      healthySince: () => 0,
    },
    known: { heardSince: () => new Map([['nova', known]]) },
    intervalMs: 10_000,
    missedHeartbeats: 2,
    timeoutMs: 60_000,
    checkMs: 3_000,
    thresholds: { atLeast: 10, percent: 20 },
    receivers: 1,
    raise: async (alarms) => void raised.push(...alarms),
  });
  return { sweep, raised };
};

const requests = watchRequests();
const commands = new Set<string>();
const measureLooks = async (name: string, silent: number): Promise<void> => {
  const times: number[] = [];
  let asked = requests.take();
  for (let time = 1; time <= LOOKS; time += 1) {
    const { sweep } = look(KNOWN - silent);
    requests.take();
    const begun = performance.now();
    const result = await sweep();
    times.push(performance.now() - begun);
    asked = requests.take();
    for (const command of asked.commands) commands.add(command);
    if (result?.silent !== silent)
      throw new Error(`${silent} amphorae are stale, and the sweep found ${result?.silent}`);
  }
  const note = `median of ${LOOKS}; ${asked.rows} rows read, ${asked.readUnits} read units, ${asked.requests} requests`;
  say(figure(`a look at ${KNOWN}, ${name}`, median(times), 'ms', { note, target: below(LOOK_MS) }));
};
await measureLooks('none stale', 0);
await writeRows(SILENT, (number) => [heartbeatRow(number)]);
await measureLooks(`${SILENT} stale`, SILENT);
say(figure('scans of the table', commands.has('ScanCommand') ? 1 : 0, 'scans', { target: atMost(0) }));

const stormy = look(3 * SILENT);
await stormy.sweep();
say(figure('alarms when they are a quarter of their zone', stormy.raised.length, 'alarms', { target: atMost(0) }));
const calm = look(KNOWN - SILENT);
await calm.sweep();
say(figure('alarms when they are 1 % of it', calm.raised.length, 'alarms', { target: atLeast(SILENT) }));

const started = z.object({ stateMachineArn: z.string(), name: z.string(), input: z.string() });
const flowInput = z.object({
  operation_id: z.string(),
  fence: z.number(),
  target: z.literal('load_balancer'),
  loadbalancer_id: z.string(),
  amphora_id: z.null(),
});
const spans: Span[] = [];
const failures: unknown[] = [];

/** Settles as a failover's last step does, and is told as EventBridge tells it. */
const execute = async (stateMachineArn: string, input: string): Promise<void> => {
  const begun = Date.now();
  await wait(EXECUTION_MS);
  // From here on its place may be another one's.
  spans.push([begun, Date.now()]);
  await settle(flowInput.parse(JSON.parse(input)), {
    changes: { provisioning_status: 'ACTIVE' },
    outcome: 'SUCCEEDED',
  });
  await admitOperations({ detail: { stateMachineArn } });
};
const stepFunctions = createServer(async (request, response) => {
  const { stateMachineArn, name, input } = started.parse(await json(request));
  execute(stateMachineArn, input).catch((error: unknown) => failures.push(error));
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
  const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  response.end(JSON.stringify({ executionArn, startDate: 0 }));
});
await new Promise<void>((resolve) => stepFunctions.listen(0, '127.0.0.1', resolve));
const address = stepFunctions.address();
if (address === null || typeof address === 'string') throw new Error('no address');
process.env.STEP_FUNCTIONS_ENDPOINT = `http://127.0.0.1:${address.port}`;
process.env.STATE_MACHINE_ARN_PREFIX = PREFIX;
process.env.FAILOVER_LIMIT = `${FAILOVER_LIMIT}`;

const noNova = async (): Promise<never> => {
  throw new CloudUnavailableError('there is no Nova here');
};
/** Nothing answers, and so their time decides. */
const silent: Pick<LookAfterParts, 'agents' | 'compute'> = {
  agents: {
    shownCertificate: async () => {
      throw new AmphoraUnreachableError('nothing is there', { nobodyThere: true });
    },
  },
  compute: { getServer: noNova, findServers: noNova, deleteServer: noNova },
};
const begun = performance.now();
const outcomes = new Map<string, number>();
await runClients(INVOCATIONS, calm.raised.length, async (index) => {
  const alarm = calm.raised[index];
  if (alarm === undefined) return;
  const holder = crypto.randomUUID();
  const parts = { ...silent, worker: new ControllerWorker(HEALTH), holder, now: Date.now, timeoutMs: TIMEOUT_MS };
  const outcome = await lookAfter(parts, { ...alarm, stale: true });
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
});
const committed = (performance.now() - begun) / 1000;
while (spans.length < SILENT && failures.length === 0 && performance.now() - begun < PATIENCE_MS) await wait(100);
if (failures.length > 0) throw new AggregateError(failures, 'executions failed');
const ended = (performance.now() - begun) / 1000;
say(
  figure('failovers that were accepted', outcomes.get('failover') ?? 0, 'failovers', {
    target: atLeast(SILENT),
    note: `after ${committed.toFixed(1)} s, ${INVOCATIONS} alarms at a time`,
  }),
  figure('failovers in flight, at most', mostAtOnce(spans), 'failovers', { target: atMost(FAILOVER_LIMIT) }),
  figure('all of them admitted and ended', ended, 's', { note: `each lasts ${EXECUTION_MS} ms here` }),
);
process.exit();
