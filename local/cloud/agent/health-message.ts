import { createHmac } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { type Amphora, haproxyConfigPath, loadBalancerIds, lvsConfigPath, lvsListenerIds } from './amphora.ts';
import { statistics } from './haproxy/control-socket.ts';
import { outline } from './haproxy/outline.ts';
import { lvsOutline } from './lvs-outline.ts';

interface Counters {
  readonly tx: number;
  readonly rx: number;
  readonly conns: number;
  readonly totconns: number;
  readonly ereq: number;
}

interface Report {
  readonly listeners: Record<string, { status: string; stats: Counters }>;
  readonly pools: Record<string, { status: string; members: Record<string, string> }>;
}

const NOTHING: Counters = { tx: 0, rx: 0, conns: 0, totconns: 0, ereq: 0 };

const memberStatus = (row: Readonly<Record<string, string>>): string => {
  const status = row.status ?? '';
  return status.startsWith('UP') && row.weight === '0' ? 'DRAIN' : status.startsWith('MAINT') ? 'MAINT' : status;
};

const fromHaproxy = async (socket: string, report: Report): Promise<void> => {
  for (const row of await statistics(socket)) {
    const proxy = row.pxname ?? '';
    if (proxy === '' || proxy.includes('prometheus')) continue;
    if (row.svname === 'FRONTEND') {
      const stats = {
        tx: Number(row.bout),
        rx: Number(row.bin),
        conns: Number(row.scur),
        totconns: Number(row.stot),
        ereq: Number(row.ereq),
      };
      report.listeners[proxy] = { status: row.status ?? '', stats };
      continue;
    }
    const pool = report.pools[proxy] ?? { status: '', members: {} };
    report.pools[proxy] = pool;
    if (row.svname === 'BACKEND') pool.status = row.status ?? '';
    else pool.members[row.svname ?? ''] = memberStatus(row);
  }
};

/** What a haproxy would say of its configuration when all members were well; for hosts without haproxy. */
const fromText = (config: string, report: Report): void => {
  const { frontends, backends } = outline(config);
  for (const { id } of frontends) report.listeners[id] = { status: 'OPEN', stats: NOTHING };
  for (const { name, servers } of backends) {
    const members = servers.map(({ id, checked, disabled, weight }) => {
      const up = checked ? 'UP' : 'no check';
      return [id, disabled ? 'MAINT' : weight === 0 ? 'DRAIN' : up];
    });
    report.pools[name] = { status: 'UP', members: Object.fromEntries(members) };
  }
};

const fromLvs = (config: string, report: Report): void => {
  const { listenerId, listenerDisabled, poolId, monitored, members } = lvsOutline(config);
  if (listenerId === null || listenerDisabled) return;
  report.listeners[listenerId] = { status: 'OPEN', stats: NOTHING };
  if (poolId === null) return;
  const states = members.map(({ id, disabled, weight }) => {
    const up = monitored ? 'UP' : 'no check';
    return [id, disabled ? 'MAINT' : weight === 0 ? 'DRAIN' : up];
  });
  report.pools[poolId] = { status: 'UP', members: Object.fromEntries(states) };
};

/** Makes the messages of one amphora; remembers counters, since a message carries what was added since the last. */
export const createReporter = (amphora: Amphora): (() => Promise<Buffer>) => {
  let sequence = 0;
  const last = new Map<string, Counters>();

  const delta = (id: string, current: Counters): Counters => {
    const before = last.get(id) ?? NOTHING;
    last.set(id, current);
    const added = (key: keyof Counters): number =>
      current[key] < before[key] ? current[key] : current[key] - before[key];
    return { tx: added('tx'), rx: added('rx'), conns: current.conns, totconns: added('totconns'), ereq: added('ereq') };
  };

  const collect = async (): Promise<Report> => {
    const report: Report = { listeners: {}, pools: {} };
    for (const id of loadBalancerIds(amphora).filter((candidate) => amphora.haproxies.isRunning(candidate))) {
      const socket = amphora.haproxies.socket(id);
      if (socket === null) fromText(amphora.files.read(haproxyConfigPath(amphora, id))?.toString() ?? '', report);
      // A haproxy that does not answer just now leaves its listeners out, as upstream's agent does.
      else await fromHaproxy(socket, report).catch(() => undefined);
    }
    for (const id of lvsListenerIds(amphora).filter((candidate) => amphora.memory.running.includes(candidate))) {
      fromLvs(amphora.files.read(lvsConfigPath(amphora, id))?.toString() ?? '', report);
    }
    return report;
  };

  return async () => {
    const { listeners, pools } = await collect();
    const counted = Object.entries(listeners).map(([id, { status, stats }]) => [
      id,
      { status, stats: delta(id, stats) },
    ]);
    const message = {
      id: amphora.settings().amphoraId,
      seq: sequence,
      listeners: Object.fromEntries(counted),
      pools,
      ver: 3,
    };
    sequence += 1;
    return seal(Buffer.from(JSON.stringify(message)), amphora.settings().heartbeatKey);
  };
};

/** The datagram of a message: zlib stream, then the HMAC-SHA256 of the stream in hexadecimal. */
export const seal = (message: Buffer, key: string): Buffer => {
  const stream = deflateSync(message, { level: 9 });
  return Buffer.concat([stream, Buffer.from(createHmac('sha256', key).update(stream).digest('hex'))]);
};
