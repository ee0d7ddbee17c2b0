import { createHmac } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { inflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { StandInCloud } from '../../../../../local/cloud/cloud.ts';
import { eventually, HEARTBEAT_KEY, type TestAmphora, testCloud, testWorker, type Worker } from '../helpers.ts';
import { combinedConfig } from './amphora-config.ts';

const LB = '11111111-2222-4333-8444-000000000002';
const heartbeat = z.object({
  id: z.string(),
  seq: z.number(),
  ver: z.number(),
  listeners: z.record(z.string(), z.object({ status: z.string(), stats: z.record(z.string(), z.number()) })),
  pools: z.record(z.string(), z.object({ status: z.string(), members: z.record(z.string(), z.string()) })),
});
type Heartbeat = z.infer<typeof heartbeat>;

const open = (datagram: Buffer): Heartbeat => {
  const stream = datagram.subarray(0, -64);
  expect(datagram.subarray(-64).toString()).toBe(createHmac('sha256', HEARTBEAT_KEY).update(stream).digest('hex'));
  return heartbeat.parse(JSON.parse(inflateSync(stream).toString()));
};

for (const haproxy of [undefined, null]) {
  describe(haproxy === null ? 'heartbeats without haproxy' : 'heartbeats', () => {
    const received: Heartbeat[] = [];
    const receiver = createSocket('udp4');
    let cloud: StandInCloud;
    let worker: Worker;
    let amphora: TestAmphora;

    beforeAll(async () => {
      receiver.on('message', (datagram) => received.push(open(datagram)));
      await new Promise<void>((resolve) => receiver.bind(0, '127.0.0.1', resolve));
      cloud = await testCloud(haproxy === null ? { haproxy } : {});
      worker = await testWorker(cloud);
      amphora = await worker.boot({ controllers: [`127.0.0.1:${receiver.address().port}`] });
    });
    afterAll(async () => {
      await worker.session.close();
      await cloud.stop();
      receiver.close();
    });

    it('begin empty when the agent starts', async () => {
      await eventually(() => received.length > 0);
      expect(received[0]).toEqual({ id: amphora.amphoraId, seq: 0, ver: 3, listeners: {}, pools: {} });
    });

    it('report listeners, pools and members once they are served', async () => {
      const config = combinedConfig({ lb: LB, vip: '127.0.0.1', port: 28_080, memberPort: 1 });
      await worker.amphora.uploadHaproxyConfig(amphora, LB, config);
      await worker.amphora.start(amphora, LB);
      const full = await eventually(() => received.find(({ listeners }) => 'listener-1' in listeners));
      expect(full.listeners['listener-1']).toMatchObject({ status: 'OPEN', stats: { tx: 0, conns: 0 } });
      expect(full.pools).toEqual({
        'pool-1:listener-1': {
          status: 'UP',
          members: { 'member-1': 'no check', 'member-2': expect.stringMatching(/no check|DRAIN/), 'member-3': 'MAINT' },
        },
      });
      expect(full.seq).toBeGreaterThan(0);
    });

    it('end when the server crashes', async () => {
      await cloud.faults.crashServer(amphora.serverId);
      // One that was sent before may still arrive.
      await new Promise((resolve) => setTimeout(resolve, 100));
      const before = received.length;
      // Long enough for three more, were it alive.
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(received.length).toBe(before);
    });
  });
}
