import { describe, expect, it } from 'vitest';
import { retryAfter, sendWithRetries } from '../../../../../lib/openstack/http/retries.ts';
import type { HttpAnswer, HttpRequest } from '../../../../../lib/openstack/http/transport.ts';

const answer = (status: number, headers: Record<string, string> = {}): HttpAnswer => ({
  status,
  headers,
  bytes: new Uint8Array(),
});
const coded = (code: string) => Object.assign(new Error(code), { code });

/** Plays outcomes in order, the last one again and again. */
const transportOf = (...outcomes: (HttpAnswer | Error)[]) => {
  const sent: HttpRequest[] = [];
  return {
    sent,
    transport: {
      async send(request: HttpRequest) {
        sent.push(request);
        const outcome = outcomes.length > 1 ? outcomes.shift() : outcomes[0];
        if (outcome === undefined || outcome instanceof Error) throw outcome;
        return outcome;
      },
      close: async () => undefined,
    },
  };
};

const request = (method: HttpRequest['method'], deadline = Date.now() + 5_000) => ({
  method,
  url: 'http://cloud/',
  headers: {},
  body: null,
  deadline,
});
const busy = answer(503, { 'retry-after': '0' });

describe('sendWithRetries', () => {
  it.each(['GET', 'PUT', 'DELETE'] as const)('sends %s again while the service is busy', async (method) => {
    const { transport, sent } = transportOf(busy, answer(429, { 'retry-after': '0' }), answer(200));
    expect((await sendWithRetries(transport, request(method))).status).toBe(200);
    expect(sent).toHaveLength(3);
  });

  it('reads again what the service has failed over, and does not POST again', async () => {
    const read = transportOf(answer(500), answer(200));
    expect((await sendWithRetries(read.transport, request('GET'))).status).toBe(200);
    const written = transportOf(answer(500), answer(201));
    expect((await sendWithRetries(written.transport, request('POST'))).status).toBe(500);
  });

  it('reads again when a page came instead of an answer', async () => {
    const page = answer(200, { 'content-type': 'text/html; charset=utf-8' });
    const { transport, sent } = transportOf(page, answer(200));
    expect((await sendWithRetries(transport, request('GET'))).headers).toEqual({});
    expect(sent).toHaveLength(2);
  });

  it('answers what the third try got', async () => {
    const { transport, sent } = transportOf(busy);
    expect((await sendWithRetries(transport, request('GET'))).status).toBe(503);
    expect(sent).toHaveLength(3);
  });

  it('sends a POST once, whatever the answer', async () => {
    const { transport, sent } = transportOf(busy);
    expect((await sendWithRetries(transport, request('POST'))).status).toBe(503);
    expect(sent).toHaveLength(1);
  });

  it('sends a POST once when the connection broke under it', async () => {
    const { transport, sent } = transportOf(coded('ECONNRESET'));
    await expect(sendWithRetries(transport, request('POST'))).rejects.toThrow('ECONNRESET');
    expect(sent).toHaveLength(1);
  });

  it('sends a POST again when there was no connection, or when it is repeatable', async () => {
    const refused = transportOf(coded('ECONNREFUSED'), answer(201));
    expect((await sendWithRetries(refused.transport, request('POST'))).status).toBe(201);
    const repeatable = transportOf(busy, answer(201));
    expect((await sendWithRetries(repeatable.transport, { ...request('POST'), repeatable: true })).status).toBe(201);
  });

  it('does not wait beyond the deadline', async () => {
    const { transport, sent } = transportOf(answer(503, { 'retry-after': '60' }));
    expect((await sendWithRetries(transport, request('GET'))).status).toBe(503);
    expect(sent).toHaveLength(1);
    const late = transportOf(coded('ECONNRESET'));
    await expect(sendWithRetries(late.transport, request('GET', Date.now() + 10))).rejects.toThrow('ECONNRESET');
    expect(late.sent).toHaveLength(1);
  });

  it('does not try an untrusted certificate again', async () => {
    const { transport, sent } = transportOf(coded('SELF_SIGNED_CERT_IN_CHAIN'));
    await expect(sendWithRetries(transport, request('GET'))).rejects.toThrow();
    expect(sent).toHaveLength(1);
  });

  it('gives each try no more than the time that is left', async () => {
    const { transport, sent } = transportOf(answer(200));
    await sendWithRetries(transport, request('GET', Date.now() + 1_000));
    expect(sent[0]?.timeout).toBeLessThanOrEqual(1_000);
    expect(sent[0]?.timeout).toBeGreaterThan(900);
  });
});

describe('retryAfter', () => {
  it('reads seconds and dates', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    expect(retryAfter('3', now)).toBe(3_000);
    expect(retryAfter('Thu, 01 Jan 2026 00:00:05 GMT', now)).toBe(5_000);
    expect(retryAfter('Thu, 01 Jan 2015 00:00:05 GMT', now)).toBe(0);
    expect(retryAfter('soon', now)).toBeNull();
    expect(retryAfter(undefined, now)).toBeNull();
  });
});
