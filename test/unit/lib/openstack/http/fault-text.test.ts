import { describe, expect, it } from 'vitest';
import { faultText, scrubbed } from '../../../../../lib/openstack/http/fault-text.ts';

const bytes = (body: unknown) => new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));

describe('faultText', () => {
  it.each([
    [
      'Neutron',
      { NeutronError: { type: 'PortNotFound', message: 'Port x could not be found.', detail: '' } },
      'PortNotFound',
      'Port x could not be found.',
    ],
    [
      'Nova',
      { itemNotFound: { code: 404, message: 'Instance x could not be found.' } },
      'itemNotFound',
      'Instance x could not be found.',
    ],
    [
      'Keystone',
      { error: { code: 404, message: 'Could not find it', title: 'Not Found' } },
      'Not Found',
      'Could not find it',
    ],
    ['Barbican', { code: 404, title: 'Not Found', description: 'Secret not found.' }, 'Not Found', 'Secret not found.'],
    ['a proxy', '<html><h1>503 Service\n Unavailable</h1></html>', null, '503 Service Unavailable'],
    ['a text in a wrapper', { NeutronError: 'no' }, null, 'no'],
    ['nothing', '', null, ''],
    ['an empty object', {}, null, ''],
    ['a number', '42', null, '42'],
  ])('reads the words of %s', (_, body, type, text) => {
    expect(faultText(bytes(body))).toEqual({ type, text });
  });

  it('reads a large page of unclosed tags in one pass, and only its beginning', () => {
    // A search for the end of each tag through all the rest takes minutes.
    expect(faultText(bytes(`no ${'<'.repeat(1_000_000)}`)).text).toBe('no');
    expect(faultText(bytes(`<p>${'x'.repeat(1_000_000)}`)).text.length).toBeLessThan(20_000);
  });
});

describe('scrubbed', () => {
  it('hides keys, tokens, base64 files and known secrets', () => {
    const key = '-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----';
    const token = `gAAAAA${'b'.repeat(100)}`;
    const text = scrubbed(`value ${key} and ${token} and ${btoa('x'.repeat(60))} by hunter2`, ['hunter2', '']);
    expect(text).toBe('value [hidden] and [hidden] and [hidden] by [hidden]');
  });

  it('keeps ids', () => {
    const text = 'Port 8f1ad1f6-6d1f-4b5c-8c0e-0123456789ab of project 06f252e14d054d898146e839741d7676 is in use.';
    expect(scrubbed(text)).toBe(text);
  });

  it('keeps long words short', () => {
    expect(scrubbed('no '.repeat(1_000))).toHaveLength(503);
  });
});
