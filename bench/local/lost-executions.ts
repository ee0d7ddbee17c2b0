// Load balancers whose flows lose their executions until they are given up, beside busy processes. Each figure is a line of JSON.
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { startStack } from '../../local/stack.ts';
import { say } from '../heartbeats/say.ts';
import { atMost, figure } from '../report/figure.ts';
import { octavia } from '../rest/octavia.ts';
import { tokenOf } from '../rest/token.ts';
import { untilFree } from './settled.ts';

const LOAD_BALANCERS = 10;
/** Losses until an operation is given up. */
const LOSSES = 4;
const BUSY = 8;
/** Busy processes end by themselves after this time. */
const BUSY_MS = 180_000;
const BOUND_S = 150;
/** The sweep comes each minute from the start of the stack on. The last loss comes just before one, which leaves fresh locks alone. */
const SWEEP_MS = 60_000;
const BEFORE_SWEEP_MS = 5_000;

const { stepFunctions, ...stack } = await startStack({
  dataFolder: null,
  quiet: true,
  heartbeats: false,
  addressBlock: 'any',
  // No server boots: every flow is at work when its execution is lost.
  bootDelayMs: 3_600_000,
  // An end is reported here by hand, or not at all.
  executionEvents: false,
  settings: { LOG_LEVEL: 'SILENT' },
});
const { cloud, cloudsFile } = stack;
const startedAt = Date.now();
if (stepFunctions === null || cloud === null || cloudsFile === null)
  throw new Error('the stack has no parts of its own');
const api = octavia(stack.apiUrl, () => tokenOf(cloudsFile, 'alice'));

/** Stops the running execution of a load balancer's flow, as a lost service would. @returns its name, the operation's id */
const lose = async (id: string): Promise<string> => {
  for (;;) {
    const running = stepFunctions.executions.list(null, 'RUNNING').find(({ input }) => input.includes(id));
    if (running !== undefined) {
      await stepFunctions.executions.stop(running.arn);
      return running.name;
    }
    await pause(100);
  }
};
const report = async (name: string): Promise<void> => {
  const event = { 'detail-type': 'Step Functions Execution Status Change', detail: { name } };
  await stack.invoke('RecoverOperations', event);
};

const ids: string[] = [];
for (let number = 1; number <= LOAD_BALANCERS; number += 1) {
  ids.push((await api.createLoadBalancer({ name: `lost-${number}`, vip_subnet_id: cloud.facts.vipSubnetId })).id);
}
const loseReported = (): Promise<unknown> => Promise.all(ids.map(async (id) => await report(await lose(id))));
for (let loss = 1; loss < LOSSES - 1; loss += 1) await loseReported();
const untilSweep = SWEEP_MS - ((Date.now() - startedAt) % SWEEP_MS);
await pause(untilSweep - BEFORE_SWEEP_MS + (untilSweep < 2 * BEFORE_SWEEP_MS ? SWEEP_MS : 0));
const busy = Array.from(
  { length: BUSY },
  (): ChildProcess =>
    spawn('nice', ['-n', '5', process.execPath, '-e', `for (const end = Date.now() + ${BUSY_MS}; Date.now() < end;);`]),
);
try {
  await loseReported();
  /** Seconds from the last loss until a deletion is accepted, which needs the lock. */
  const timeToFree = async (id: string, reported: boolean): Promise<number> => {
    const begun = performance.now();
    const name = await lose(id);
    if (reported) await report(name);
    await untilFree(id);
    await api.send('DELETE', `/lbaas/loadbalancers/${id}?cascade=true`);
    return (performance.now() - begun) / 1000;
  };
  const half = LOAD_BALANCERS / 2;
  const times = await Promise.all(ids.map((id, index) => timeToFree(id, index < half)));
  const note = `${half} load balancers, their executions lost ${LOSSES} times, beside ${BUSY} busy processes`;
  say(
    figure('given up and free again, the last end reported', Math.max(...times.slice(0, half)), 's', { note }),
    figure('the same, found by the sweep of each minute', Math.max(...times.slice(half)), 's', {
      note,
      target: atMost(BOUND_S),
    }),
  );
} finally {
  for (const one of busy) one.kill('SIGKILL');
}
await api.close();
process.exit();
