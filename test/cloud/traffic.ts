import { readFileSync } from 'node:fs';
import { request as requestOverTls } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { request } from 'undici';
import * as z from 'zod';
import { pathTo, readJson } from '../../lib/openstack/http/service-request.ts';
import type { CloudSession } from '../../lib/openstack/session.ts';

/** A file of test/fixtures/certificates. */
export const certificate = (name: string): Buffer =>
  readFileSync(new URL(`../fixtures/certificates/${name}`, import.meta.url));

export interface Seen {
  readonly status: number;
  /** The name of the member that answered; null when none did. */
  readonly member: string | null;
  readonly location: string | null;
}

const one = (header: string | readonly string[] | undefined): string | null =>
  typeof header === 'string' ? header : (header?.[0] ?? null);

/** GET on a connection of its own. @throws Error nothing answered within `timeout` milliseconds */
export const get = async (
  url: string,
  headers: Readonly<Record<string, string>> = {},
  timeout = 5_000,
): Promise<Seen> => {
  // A connection that closes after its answer: the next request is a new client to the balancer.
  const answer = await request(url, { headers, reset: true, signal: AbortSignal.timeout(timeout) });
  await answer.body.dump();
  const { location, 'x-member': member } = answer.headers;
  return { status: answer.statusCode, member: one(member), location: one(location) };
};

/** How many of `count` requests, one after the other, each member answered; what no member answered counts as its status. */
export const shares = async (url: string, count: number): Promise<Readonly<Record<string, number>>> => {
  const counts: Record<string, number> = {};
  for (let sent = 0; sent < count; sent++) {
    const { member, status } = await get(url);
    const name = member ?? String(status);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
};

/** GET over TLS by a client that trusts test/fixtures' root alone and asks for `servername`. */
export const getOverTls = (
  host: string,
  servername: string,
  port = 443,
): Promise<{ readonly status: number | undefined; readonly certificate: string | undefined }> =>
  new Promise((resolve, reject) => {
    const options = { host, port, servername, ca: certificate('root.pem'), agent: false, timeout: 5_000 };
    let presented: string | undefined;
    const sent = requestOverTls(options, (answer) => {
      answer.resume();
      answer.on('end', () => resolve({ status: answer.statusCode, certificate: presented }));
    });
    sent.on('socket', (socket: TLSSocket) => {
      socket.on('secureConnect', () => {
        presented = socket.getPeerX509Certificate()?.fingerprint256;
      });
    });
    sent.on('timeout', () => sent.destroy(new Error(`${host} does not answer`)));
    sent.on('error', reject);
    sent.end();
  });

/** A client that sends every 50 ms and does not wait for answers. */
export const steadyClient = (url: string) => {
  const [answeredAt, running] = [[Date.now()], new Set<Promise<void>>()];
  let stopped = false;
  const send = async () => {
    const answer = await get(url, {}, 2_000).catch(() => null);
    if (answer?.status === 200 && !stopped) answeredAt.push(Date.now());
  };
  const timer = setInterval(() => {
    const sending = send().finally(() => running.delete(sending));
    running.add(sending);
  }, 50);
  return {
    /** Sends no more, and waits for what is under way. */
    async stop(): Promise<void> {
      clearInterval(timer);
      stopped = true;
      answeredAt.push(Date.now());
      await Promise.all(running);
    },
    /** The longest time without an answer up to the stop, in milliseconds. */
    longestGap: (): number =>
      Math.max(0, ...answeredAt.slice(1).map((time, index) => time - (answeredAt[index] ?? time))),
  };
};

const kept = z.object({ secret_ref: z.string() });

/** Keeps bytes in the key manager as the session's user; answers the reference. */
export const keepSecret = async (session: CloudSession, payload: Uint8Array): Promise<string> => {
  const body = {
    name: 'traffic',
    payload: Buffer.from(payload).toString('base64'),
    payload_content_type: 'application/octet-stream',
    payload_content_encoding: 'base64',
  };
  const asked = { service: 'key-manager', method: 'POST', path: '/secrets', body, accepts: [201] } as const;
  return readJson(asked, await session.call(asked), kept).secret_ref;
};

export const forgetSecret = async (session: CloudSession, reference: string): Promise<void> => {
  const path = pathTo`/secrets/${reference.split('/').at(-1) ?? ''}`;
  await session.call({ service: 'key-manager', method: 'DELETE', path, accepts: [204] });
};
