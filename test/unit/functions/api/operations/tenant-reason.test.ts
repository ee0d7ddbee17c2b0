import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { tenantReason } from '../../../../../functions/api/operations/tenant-reason.ts';
import { FLOWS } from '../../../../../lib/models/flows.ts';
import type { Operation } from '../../../../../lib/models/operations/operation.ts';

const FOLDER = new URL('../../../../../lib/errors/', import.meta.url);

/** The names that classes of the folder give their errors, whatever file they are in. */
const names = readdirSync(FOLDER).flatMap((file) =>
  [...readFileSync(new URL(file, FOLDER), 'utf8').matchAll(/override readonly name[^=]*= '(\w+)'/g)].map(
    ([, name = '']) => name,
  ),
);

const failed = (changes: Partial<Operation>) =>
  tenantReason({
    flow: 'update-load-balancer',
    status: 'FAILED',
    failed_step: 'UpdateVIPSecurityGroup',
    error_name: 'CloudUnavailableError',
    error_message: 'network PUT http://10.0.0.5:9696/v2.0/ports/p: 503 from rack-7',
    error_objects: [],
    ...changes,
  });
const FALLBACK = String(failed({ error_name: 'TypeError' }));

describe('the reason a tenant reads', () => {
  it('is there for every error class of the library', () => {
    expect(names.length).toBeGreaterThan(40);
    // These are the operator's: a tenant can do nothing about them.
    const internal = [
      'CloudCredentialsError',
      'CloudSignInError',
      'ImageNotFoundError',
      'ConfigurationError',
      'InvalidArgumentError',
    ];
    expect(names.filter((name) => failed({ error_name: name }) === FALLBACK)).toEqual(expect.arrayContaining(internal));
    expect(names.filter((name) => failed({ error_name: name }) === FALLBACK)).toHaveLength(internal.length);
  });

  it.each(['CloudUnavailableError', 'ComputeBuildError', 'PortPlugError', 'AmphoraUnreachableError', 'TypeError'])(
    'of %s has nothing of the message, also where an object is to blame',
    (error_name) => {
      const member = { type: 'member', id: 'm' } as const;
      for (const changes of [{}, { failed_step: null, error_objects: [member] }]) {
        const reason = String(failed({ ...changes, error_name }));
        for (const inside of ['10.0.0.5', 'ports/p', 'rack-7', 'network PUT']) expect(reason).not.toContain(inside);
      }
    },
  );

  it('keeps the words about an object of the tenant that was refused', () => {
    const refused = {
      failed_step: null,
      error_objects: [{ type: 'listener', id: 'l' }] as const,
      error_name: 'CertificateRetrievalError',
      error_message: 'Listener l: Could not retrieve certificate.',
    };
    expect(failed(refused)).toBe(refused.error_message);
    expect(failed({ ...refused, failed_step: 'ListenersUpdate' })).not.toContain(refused.error_message);
  });

  it('says what the tenant can do, and never what only an operator may', () => {
    expect(failed({ error_name: 'VipInUseError' })).toBe(
      'The address of the VIP is used by another port. Delete that port, then repeat the change. ' +
        'If it fails again, give the id of this operation to your operator.',
    );
    for (const flow of FLOWS) expect(failed({ flow })).not.toMatch(/fail(ed)? ?over/i);
  });

  it('is none for an operation without an error, and has no advice where it goes on', () => {
    expect(failed({ error_name: null })).toBeNull();
    expect(failed({ status: 'RUNNING' })).toBe('A service of the cloud did not answer in time.');
  });
});
