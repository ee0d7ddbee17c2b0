import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../../../../functions/api/request/request.ts';
import { TRANSITION_EVENT } from '../../../../lib/models/operations/transition.ts';
import { createEventStream, EVENTS_PATH } from '../../../../local/events/event-stream.ts';
import { type Feed, openFeed } from '../../../../local/events/feed.ts';
import { type Listening, listen } from '../../../../local/http/listen.ts';

const PROJECT = 'a';
const CALLER: Caller = {
  userId: 'user',
  projectId: PROJECT,
  roles: ['member'],
  systemScope: false,
  unrestricted: false,
  token: null,
  serviceToken: null,
};
const EVENT = {
  version: '0',
  account: '0',
  region: 'r',
  source: 'test',
  time: '2026-01-01T00:00:00Z',
  resources: [],
} as const;
let feed: Feed;
let server: Listening;
let caller: Caller | null;
const sockets: Socket[] = [];

const add = (count: number, padding = ''): void => {
  for (let i = 0; i < count; i += 1) {
    const detail = { id: `${feed.latest() + 1}`, project_id: PROJECT, object_type: 'listener', padding };
    feed.add({ ...EVENT, id: detail.id, 'detail-type': TRANSITION_EVENT, detail });
  }
};

/** Opens `GET /events` on a bare socket, which reads nothing until it is told to. */
const open = (lastEventId?: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => {
      const place = lastEventId === undefined ? '' : `Last-Event-ID: ${lastEventId}\r\n`;
      socket.write(`GET ${EVENTS_PATH} HTTP/1.1\r\nHost: localhost\r\n${place}\r\n`);
      resolve(socket);
    });
    socket.pause();
    socket.on('error', reject);
    sockets.push(socket);
  });

const numbersFrom = (socket: Socket): readonly number[] => {
  const numbers: number[] = [];
  let text = '';
  socket.on('data', (part) => {
    text += String(part);
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const id = /^id: (\d+)$/m.exec(block)?.[1];
      if (id !== undefined) numbers.push(Number(id));
    }
  });
  socket.resume();
  return numbers;
};

beforeEach(async () => {
  feed = openFeed(null);
  caller = CALLER;
  const stream = createEventStream({ feed, authenticate: async () => caller, may: () => true, pingMs: 50 });
  server = await listen({ host: '127.0.0.1', port: 0, handle: (request, response) => void stream(request, response) });
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server.stop();
  feed.close();
});

describe('a reader of events', () => {
  it('catches up on a backlog that is larger than what is written ahead, in order', async () => {
    add(2_000, 'x'.repeat(2_000));
    const numbers = numbersFrom(await open(0));
    await expect.poll(() => numbers.length).toBe(2_000);
    add(1);
    await expect.poll(() => numbers.length).toBe(2_001);
    expect(numbers).toEqual(Array.from({ length: 2_001 }, (_, i) => i + 1));
  });

  it('that does not read keeps its place, and gets the rest when it reads', async () => {
    const socket = await open(0);
    add(2_000, 'x'.repeat(2_000));
    await new Promise((resolve) => setTimeout(resolve, 150));
    const numbers = numbersFrom(socket);
    await expect.poll(() => numbers.length).toBe(2_000);
  });

  it('whose token ends while it does not read is let go, and more events do no harm', async () => {
    add(2_000, 'x'.repeat(2_000));
    const socket = await open(0);
    await new Promise((resolve) => setTimeout(resolve, 30));
    caller = null;
    await new Promise((resolve) => setTimeout(resolve, 80));
    add(10);
    socket.resume();
    await expect.poll(() => socket.destroyed).toBe(true);
  });

  it('whose token ends while it reads has its connection ended', async () => {
    const socket = await open(0);
    const [head] = await once(socket.resume(), 'data');
    expect(String(head).toLowerCase()).toContain('connection: close');
    caller = null;
    await expect.poll(() => socket.destroyed).toBe(true);
  });

  it('is refused when its user has as many streams as one may have', async () => {
    const readers = await Promise.all(Array.from({ length: 20 }, () => open()));
    for (const reader of readers) await new Promise((resolve) => reader.once('readable', resolve));
    const answer = await fetch(`${server.endpoint}${EVENTS_PATH}`);
    expect(answer.status).toBe(429);
    readers[0]?.destroy();
    await expect
      .poll(async () => {
        const controller = new AbortController();
        const again = await fetch(`${server.endpoint}${EVENTS_PATH}`, { signal: controller.signal });
        controller.abort();
        return again.status;
      })
      .toBe(200);
  });
});
