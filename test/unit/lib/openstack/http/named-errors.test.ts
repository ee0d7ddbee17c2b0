import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../../../lib/errors/configuration.ts';
import { errorOfAnswer, errorOfConnection } from '../../../../../lib/openstack/http/named-errors.ts';
import { faultOf } from '../../../../../lib/openstack/http/service-fault.ts';

const asked = { service: 'compute', method: 'POST', path: '/servers' };
const named = { ...asked, resource: { kind: 'server', id: 's-1' } };
const answer = (status: number, message = 'words') => ({
  status,
  headers: {},
  bytes: new TextEncoder().encode(JSON.stringify({ fault: { message } })),
});

describe('errorOfAnswer', () => {
  it.each([
    [429, 'CloudUnavailableError', true],
    [500, 'CloudUnavailableError', true],
    [503, 'CloudUnavailableError', true],
    [200, 'CloudUnavailableError', true],
    [401, 'CloudCredentialsError', false],
    [403, 'CloudCredentialsError', false],
    [404, 'CloudResourceNotFoundError', false],
    [400, 'CloudRequestError', false],
    [409, 'CloudRequestError', false],
    [302, 'CloudRequestError', false],
  ])('names %i %s', (status, name, retryable) => {
    expect(errorOfAnswer(named, answer(status))).toMatchObject({
      name,
      retryable,
      resource: 'server',
      resourceId: 's-1',
    });
  });

  it('takes a 403 of Nova about a quota for a refused request, but not of others', () => {
    const quota = answer(403, 'Quota exceeded for instances: Requested 1, but already used 10 of 10 instances');
    expect(errorOfAnswer(asked, quota)).toMatchObject({ name: 'CloudRequestError', status: 403 });
    expect(errorOfAnswer({ ...asked, service: 'network' }, quota).name).toBe('CloudCredentialsError');
  });

  it('takes a 404 of a call without a resource for a refused request', () => {
    expect(errorOfAnswer(asked, answer(404))).toMatchObject({ name: 'CloudRequestError', status: 404 });
  });

  it('keeps service, method, path, status and words', () => {
    const error = errorOfAnswer(asked, answer(400, 'Flavor nope could not be found.'));
    expect(error.message).toBe('compute POST /servers: 400 Flavor nope could not be found.');
    expect(faultOf(error)).toMatchObject({
      ...asked,
      status: 400,
      type: 'fault',
      text: 'Flavor nope could not be found.',
    });
  });
});

describe('errorOfConnection', () => {
  const coded = (code: string) => Object.assign(new Error('wire'), { code });

  it('names a refused connection and a time-out unavailable', () => {
    const refused = errorOfConnection(asked, 'http://nova', coded('ECONNREFUSED'));
    expect(refused).toMatchObject({ name: 'CloudUnavailableError', retryable: true });
    expect(refused.message).toBe('compute POST /servers: connection to http://nova failed (ECONNREFUSED)');
    const timeout = errorOfConnection(asked, 'http://nova', new DOMException('late', 'TimeoutError'));
    expect(timeout.message).toBe('compute POST /servers: no answer from http://nova in time');
  });

  it('names an untrusted certificate a matter of configuration', () => {
    const error = errorOfConnection(asked, 'https://nova', coded('SELF_SIGNED_CERT_IN_CHAIN'));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain('https://nova');
  });
});

describe('faultOf', () => {
  it('answers null for errors of other origins', () => {
    expect(faultOf(new Error('other', { cause: new Error('deeper') }))).toBeNull();
    expect(faultOf('text')).toBeNull();
  });
});
