import { describe, expect, it } from 'vitest';
import { answerError, connectionError } from '../../../../lib/amphora/agent-errors.ts';

const endpoint = { amphoraId: 'a1', lbNetworkIp: '192.168.90.7' };
const call = { method: 'PUT', path: '/1.0/certificate' };

const alert = (words: string, number: number) =>
  Object.assign(
    new Error(`write EPROTO 40C7:error:0A000418:SSL routines:ssl3_read_bytes:${words}:SSL alert number ${number}\n`),
    { code: 'EPROTO' },
  );
const coded = (code: string) => Object.assign(new Error('connection failed'), { code });

describe('a failed connection', () => {
  it.each([
    [alert('tlsv1 alert unknown ca', 48)],
    [alert('sslv3 alert bad certificate', 42)],
    [alert('sslv3 alert certificate expired', 45)],
    [alert('sslv3 alert handshake failure', 40)],
    [alert('tlsv1 alert protocol version', 70)],
    [coded('UNABLE_TO_VERIFY_LEAF_SIGNATURE')],
    [coded('ERR_TLS_CERT_ALTNAME_INVALID')],
    [coded('ERR_SSL_WRONG_VERSION_NUMBER')],
  ])('is about identity: %s', (error) => {
    expect(connectionError(endpoint, call, error)).toMatchObject({ name: 'AmphoraIdentityError', resourceId: 'a1' });
  });

  it.each([
    [alert('tlsv1 alert internal error', 80)],
    [coded('ECONNREFUSED')],
    [coded('ECONNRESET')],
    [coded('EHOSTUNREACH')],
    [coded('CONNECT_TIMEOUT')],
    [new Error('without a code')],
  ])('is about reaching it: %s', (error) => {
    expect(connectionError(endpoint, call, error)).toMatchObject({
      name: 'AmphoraUnreachableError',
      message: expect.stringContaining('a1 at 192.168.90.7, PUT /1.0/certificate'),
    });
  });
});

it('is about an agent that does not answer when it took the connection and nothing came', () => {
  expect(connectionError(endpoint, call, coded('READ_TIMEOUT'))).toMatchObject({
    name: 'AmphoraSilentError',
    retryable: true,
    resourceId: 'a1',
  });
});

describe('an unreachable agent', () => {
  it.each([
    ['ECONNREFUSED', true],
    ['EHOSTUNREACH', true],
    ['CONNECT_TIMEOUT', true],
    ['READ_TIMEOUT', false],
    ['HANDSHAKE_TIMEOUT', false],
    ['ECONNRESET', false],
    ['ENETUNREACH', false],
  ])('for %s: nothing is there: %s', (code, nobodyThere) => {
    expect(connectionError(endpoint, call, coded(code))).toMatchObject({ nobodyThere });
  });
});

describe('an answer that is no success', () => {
  it('carries no more than 4,000 characters of the words of the agent', () => {
    const error = answerError(endpoint, call, { status: 400, contentType: 'text/plain', text: 'x'.repeat(9_000) });
    expect(error).toMatchObject({ name: 'AmphoraRequestError', details: 'x'.repeat(4_000) });
  });

  it('carries the whole body when none of its parts are words', () => {
    const error = answerError(endpoint, call, { status: 400, contentType: 'application/json', text: '[1]' });
    expect(error).toMatchObject({ details: '[1]' });
  });
});
