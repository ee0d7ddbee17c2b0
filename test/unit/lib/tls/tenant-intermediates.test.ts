import { describe, expect, it } from 'vitest';
import { readIntermediates } from '../../../../lib/tls/tenant-intermediates.ts';
import { fixture, secretRef } from './fixture.ts';

const REF = secretRef(1);

describe('readIntermediates', () => {
  it.each(['chain.pem', 'chain.p7b', 'chain.p7c'])('finds the certificates in %s', (name) => {
    const subjects = readIntermediates(REF, fixture(name)).map(({ subject }) => subject);
    expect([...subjects].sort()).toEqual(['CN=Test intermediate', 'CN=Test root']);
  });

  it.each([
    ['a key', fixture('leaf-key.pem'), 'holds no certificate'],
    ['PKCS#12', fixture('modern.p12'), 'is neither PEM nor PKCS#7'],
    ['text', Buffer.from('hello'), 'is neither PEM nor PKCS#7'],
    ['broken PEM', Buffer.from('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'), 'cannot be read'],
  ])('refuses %s', (_what, bytes, reason) => {
    expect(() => readIntermediates(REF, bytes)).toThrow(reason);
  });
});
