// A receiver with simulated amphorae, on a table elsewhere. Each figure is a line of JSON.
import { useTable } from '../../test/helpers/table.ts';
import { atLeast, figure } from '../report/figure.ts';
import { type Said, simulateAmphorae, writeRows } from './amphorae.ts';
import { type MeasuredReceiver, openReceiver } from './receivers.ts';
import { type Answer, type Asked, watchRequests } from './requests.ts';
import { say } from './say.ts';
import { tableUsage } from './table-place.ts';

const AMPHORAE = 10_000;
/** So many of them with their load balancers in the table; the others' are made up when they are asked for. */
const WHOLE = 2_000;
const MANY = 100_000;
const INTERVAL_MS = 10_000;
/** After so many intervals a load balancer without changes is read again. */
const INTERVALS_UNTIL_READ = 3;
const DECIDED_PER_S = 10_000;
const WRITTEN_PER_S = 2_000;

await useTable();
const amphorae = await simulateAmphorae();
const numbers = Array.from({ length: AMPHORAE }, (_, number) => number);
const whole = numbers.slice(0, WHOLE);
await writeRows(WHOLE, amphorae.rowsOf);
// The first of the others' heartbeats was heard before.
await writeRows(AMPHORAE - WHOLE, (number) => [amphorae.heartbeatRow(WHOLE + number, 0, Date.now())]);

/** Every load balancer there could be is there. */
const madeUp: Answer = (command, input) => {
  if (command === 'GetItemCommand' && 'Key' in input) {
    const { pk, sk } = { pk: '', sk: '', ...(typeof input.Key === 'object' ? input.Key : {}) };
    if (pk.startsWith('HEALTH-SOURCE#')) return { Item: amphorae.sourceRow(pk) };
    return pk.startsWith('HEALTH') ? null : { Item: amphorae.partition(pk).find((row) => row.sk === sk) };
  }
  if (command === 'QueryCommand' && 'ExpressionAttributeValues' in input) {
    const { ':pk': pk } = { ':pk': '', ...(input.ExpressionAttributeValues ?? {}) };
    return { Items: amphorae.partition(pk) };
  }
  return null;
};
/** Every update is taken. */
const taken: Answer = (command, input) =>
  command === 'BatchExecuteStatementCommand' && 'Statements' in input && Array.isArray(input.Statements)
    ? { Responses: input.Statements.map(() => ({})) }
    : null;

const requests = watchRequests();
let clock = Date.now();
let sequence = 0;
const open = (id: string): Promise<MeasuredReceiver> => openReceiver(id, INTERVAL_MS, () => clock);
const receiver = await open('bench');

interface Round {
  /** Microseconds of processor time for each heartbeat. */
  readonly cpuUs: number;
  readonly perSecond: number;
  /** Microseconds of the table's processor time for each. */
  readonly tableUs: number;
  readonly asked: Asked;
}

/** One heartbeat of each amphora, as the socket would hand them over. @throws Error one was not accepted */
const round = async (of: readonly number[], said: Said, { intervals = 1, by = receiver } = {}): Promise<Round> => {
  clock += intervals * INTERVAL_MS;
  sequence += 1;
  const heartbeats = of.map((number) => amphorae.sent(number, sequence, said));
  requests.take();
  const usedBefore = await tableUsage();
  const [cpu, begun] = [process.cpuUsage(), performance.now()];
  await by.hears(heartbeats);
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - begun) / 1000;
  const tableUs = ((await tableUsage()) - usedBefore) / of.length;
  return { cpuUs: (user + system) / of.length, perSecond: of.length / seconds, tableUs, asked: requests.take() };
};
const untilRead = { intervals: INTERVALS_UNTIL_READ };

const note = (
  name: string,
  count: number,
  { cpuUs, perSecond, tableUs, asked }: Round,
  target: number | null,
): void => {
  const each = (sum: number): string => (sum / count).toFixed(2);
  say(
    figure(name, 1_000_000 / cpuUs, 'heartbeats/s', {
      target: target === null ? null : atLeast(target),
      note:
        `of processor time, ${cpuUs.toFixed(0)} us each, and ${tableUs.toFixed(0)} us of the table's; ` +
        `${perSecond.toFixed(0)} a second by the clock; each ${each(asked.writes)} rows written, ` +
        `${each(asked.readUnits)} read units, ${each(asked.requests)} requests`,
    }),
  );
};
const memory = (known: number): void => {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  const note = `${(rss / 1_000_000).toFixed(0)} MB resident, with all that simulates the amphorae`;
  say(figure(`heap with ${known} amphorae`, heapUsed / 1_000_000, 'MB', { note }));
};

const traffic = { tx: 5_000, rx: 700, conns: 3, totconns: 9, ereq: 0 };
note('the first of each amphora', WHOLE, await round(whole, {}), null);
requests.answer(madeUp);
await round(numbers.slice(WHOLE), {});
// So that the rounds that are measured read no load balancer again but where their name says it.
requests.answer((command, input) => madeUp(command, input) ?? taken(command, input));
await round(numbers, {}, untilRead);
note('verified and decided', AMPHORAE, await round(numbers, {}), DECIDED_PER_S);
requests.answer(madeUp);
await round(numbers, {}, untilRead);
note('applied, nothing new', AMPHORAE, await round(numbers, {}), WRITTEN_PER_S);
await round(numbers, { stats: traffic });
await round(numbers, { stats: traffic }, untilRead);
note('applied, with traffic', AMPHORAE, await round(numbers, { stats: traffic }), WRITTEN_PER_S);
requests.answer(null);
note('applied, its load balancer read again', WHOLE, await round(whole, { stats: traffic }, untilRead), null);
await round(whole, { stats: traffic }, untilRead);
note(
  'applied, with statuses that change',
  WHOLE,
  await round(whole, { member: 'DOWN', stats: traffic }),
  WRITTEN_PER_S,
);
const other = await open('other');
await round(whole, { member: 'DOWN', stats: traffic }, { by: other });
await round(whole, { stats: traffic });
note(
  'applied, new words that another receiver heard first',
  WHOLE,
  await round(whole, { stats: traffic }, { by: other }),
  null,
);
await other.stop();
memory(AMPHORAE);

requests.answer((command, input) => madeUp(command, input) ?? taken(command, input) ?? {});
const others = Array.from({ length: MANY - AMPHORAE }, (_, index) => AMPHORAE + index);
await round(others, {});
memory(MANY);
await receiver.stop();
process.exit();
