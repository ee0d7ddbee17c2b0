import { createHmac } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { deflateSync } from 'node:zlib';
import type { AlarmDetail } from '../../../../../lib/health/alarm.ts';
import { bindSocket } from '../../../../../lib/health/receiver/bind-socket.ts';
import { type ReceiverOptions, startReceiver } from '../../../../../lib/health/receiver/receiver.ts';
import type { Amphora } from '../../../../../lib/models/objects/amphora.ts';
import type { Child } from '../../../../../lib/models/objects/child.ts';
import { newAmphora } from '../../../../../lib/repositories/fleet/amphora-commits.ts';
import { createAmphora, updateAmphora } from '../../../../../lib/repositories/fleet/amphorae.ts';
import { findReadySpare, takeSpare } from '../../../../../lib/repositories/fleet/spares.ts';
import { settleRows } from '../../../../../lib/repositories/locks/change-settlements.ts';
import {
  commitNewLoadBalancer,
  type NewLoadBalancer,
  type SpareTake,
} from '../../../../../lib/repositories/locks/commits.ts';
import { settle } from '../../../../../lib/repositories/locks/settlements.ts';
import { readTree } from '../../../../../lib/repositories/objects/trees.ts';
import { smallTree } from '../../../../fixtures/children.ts';
import { newLoadBalancer } from '../../../../fixtures/load-balancer.ts';
import { createRequest, ended, flowOf } from '../../repositories/support/stored.ts';

export const KEY = 'the key';

/** The datagram of a message. */
export const seal = (message: unknown, key = KEY): Buffer => {
  const stream = deflateSync(JSON.stringify(message));
  return Buffer.concat([stream, Buffer.from(createHmac('sha256', key).update(stream).digest('hex'))]);
};

export interface Watched {
  readonly loadBalancer: NewLoadBalancer;
  readonly amphoraIds: readonly string[];
  readonly ids: { readonly listener: string; readonly pool: string; readonly member: string };
}

const idOf = (children: readonly Child[], kind: Child['kind']): string =>
  children.find((child) => child.kind === kind)?.object.id ?? '';

const takenBy = async ({ id }: NewLoadBalancer, spareId: string | null): Promise<SpareTake | null> => {
  const spare = spareId === null ? null : await findReadySpare(spareId);
  return spare === null ? null : await takeSpare(spare, id, 'STANDALONE');
};

/**
 * An ACTIVE load balancer with listener, pool and member, and amphorae at 127.0.0.1.
 * @param spareId a spare that becomes one of its amphorae
 */
export const watched = async (
  amphorae: readonly Partial<Amphora>[] = [{}],
  changes: Partial<NewLoadBalancer> = {},
  spareId: string | null = null,
): Promise<Watched> => {
  const loadBalancer = newLoadBalancer(changes);
  const children = smallTree(loadBalancer, {});
  const take = await takenBy(loadBalancer, spareId);
  const flow = flowOf(await commitNewLoadBalancer(loadBalancer, createRequest, children, take));
  const amphoraIds = [];
  if (spareId !== null) {
    await updateAmphora(flow, spareId, { status: 'ALLOCATED' });
    amphoraIds.push(spareId);
  }
  for (const amphora of amphorae) {
    const id = crypto.randomUUID();
    await createAmphora(flow, newAmphora(id, loadBalancer.id));
    await updateAmphora(flow, id, {
      status: 'ALLOCATED',
      role: 'STANDALONE',
      lb_network_ip: '127.0.0.1',
      cached_zone: 'nova',
      compute_id: `server-${id}`,
      ...amphora,
    });
    amphoraIds.push(id);
  }
  await settleRows(flow, await readTree(loadBalancer.id));
  await settle(flow, ended);
  const ids = { listener: idOf(children, 'listener'), pool: idOf(children, 'pool'), member: idOf(children, 'member') };
  return { loadBalancer, amphoraIds, ids };
};

export const zero = { tx: 0, rx: 0, conns: 0, totconns: 0, ereq: 0 };

/** What an amphora says of all that it serves. */
export const heartbeatOf = (
  { amphoraIds, ids }: Watched,
  seq: number,
  { member = 'UP', stats = zero, amphora = 0 }: { member?: string; stats?: typeof zero; amphora?: number } = {},
) => ({
  id: amphoraIds[amphora],
  seq,
  listeners: { [ids.listener]: { status: 'OPEN', stats } },
  pools: { [`${ids.pool}:${ids.listener}`]: { status: 'UP', members: { [ids.member]: member } } },
  ver: 3,
});

/** Operating statuses of the load balancer and what is below it. */
export const statusesIn = async ({ loadBalancer, ids }: Watched) => {
  const { tree } = await readTree(loadBalancer.id);
  const of = (objects: readonly { id: string; operating_status: string }[], id: string) =>
    objects.find((object) => object.id === id)?.operating_status;
  return {
    whole: tree.load_balancer.operating_status,
    listener: of(tree.listeners, ids.listener),
    pool: of(tree.pools, ids.pool),
    member: of(tree.members, ids.member),
  };
};

export const untouched = { whole: 'OFFLINE', listener: 'OFFLINE', pool: 'OFFLINE', member: 'NO_MONITOR' };

/** A receiver on a free port of this machine, and senders to it. */
export const openReceiver = async (options: Partial<ReceiverOptions> = {}) => {
  const socket = await bindSocket('127.0.0.1', 0);
  const { port } = socket.address();
  const raised: AlarmDetail[] = [];
  const receiver = startReceiver({
    id: `receiver-${crypto.randomUUID()}`,
    socket,
    keys: [KEY],
    intervalMs: 10_000,
    missedHeartbeats: 2,
    timeoutMs: 60_000,
    checkMs: 3_600_000,
    thresholds: { atLeast: 10, percent: 20 },
    receivers: 1,
    queueLimit: 1_000,
    raise: async (alarms) => void raised.push(...alarms),
    log: { info: () => undefined, warn: () => undefined },
    ...options,
  });
  const senders: Socket[] = [];
  const from = async (address: string): Promise<Socket> => {
    const sender = createSocket('udp4');
    await new Promise<void>((resolve) => sender.bind(0, address, resolve));
    senders.push(sender);
    return sender;
  };
  const sender = await from('127.0.0.1');
  const send = (datagram: Uint8Array, by: Socket = sender): Promise<void> =>
    new Promise((resolve, reject) =>
      by.send(datagram, port, '127.0.0.1', (error) => (error ? reject(error) : resolve())),
    );
  const counted = (): number => Object.values(receiver.counts()).reduce((sum, count) => sum + count, 0);
  return {
    receiver,
    raised,
    from,
    send,
    /** Datagrams that were counted, under whatever name. */
    counted,
    close: async () => {
      for (const one of senders) one.close();
      await receiver.stop();
    },
  };
};
