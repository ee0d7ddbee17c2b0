import { readFileSync } from 'node:fs';
import { CloudCredentialsError, CloudResourceNotFoundError } from '../../../../lib/errors/cloud.ts';
import { ServiceFault } from '../../../../lib/openstack/http/service-fault.ts';
import type { ServiceRequest } from '../../../../lib/openstack/http/service-request.ts';
import type { CloudSession } from '../../../../lib/openstack/session.ts';

const folder = new URL('../../../fixtures/certificates/', import.meta.url);

/** A file of test/fixtures/certificates. */
export const fixture = (name: string): Buffer => readFileSync(new URL(name, folder));

/** Several of them, one after another. */
export const fixtures = (...names: readonly string[]): Buffer => Buffer.concat(names.map(fixture));

const id = (number: number): string => `8f1ad1f6-6d1f-4b5c-8c0e-${String(number).padStart(12, '0')}`;
export const secretRef = (number: number): string => `http://127.0.0.1:9311/v1/secrets/${id(number)}`;
export const containerRef = (number: number): string => `http://127.0.0.1:9311/v1/containers/${id(number)}`;

export interface Kept {
  /** Payloads by number; 'forbidden' answers 403, null has no payload. */
  readonly secrets: Readonly<Record<number, Uint8Array | string | null>>;
  /** Numbers of secrets by their names in the container. */
  readonly containers?: Readonly<Record<number, Readonly<Record<string, number>>>>;
}

/** A session whose key manager holds these, and the paths it was asked for. */
export const keyManagerWith = ({ secrets, containers = {} }: Kept) => {
  const asked: string[] = [];
  const json = (value: unknown) => ({ status: 200, headers: {}, bytes: Buffer.from(JSON.stringify(value)) });

  const answer = ({ path, headers, resource }: ServiceRequest) => {
    const [, kind, wantedId = '', rest] = path.split('/');
    const number = Number(wantedId.slice(-12));
    const missing = new CloudResourceNotFoundError(resource?.kind ?? '', resource?.id ?? '');
    if (kind === 'containers') {
      const parts = containers[number];
      if (parts === undefined) throw missing;
      const secret_refs = Object.entries(parts).map(([name, secret]) => ({ name, secret_ref: secretRef(secret) }));
      return json({ type: 'certificate', secret_refs });
    }
    const payload = secrets[number];
    if (payload === undefined) throw missing;
    if (payload === 'forbidden') {
      const cause = new ServiceFault({ service: '', method: '', path, status: 403, type: null, text: 'no' });
      throw new CloudCredentialsError('no', { cause });
    }
    const type = typeof payload === 'string' ? 'text/plain' : 'application/octet-stream';
    if (rest !== 'payload')
      return json({ status: 'ACTIVE', content_types: payload === null ? null : { default: type } });
    if (headers?.accept !== type) throw new Error(`asked for ${headers?.accept}, is ${type}`);
    return { status: 200, headers: {}, bytes: Buffer.from(payload ?? '') };
  };

  const session: CloudSession = {
    call: async (request) => {
      asked.push(request.path);
      return answer(request);
    },
    whoami: async () => ({ userId: 'worker', projectId: null }),
    close: async () => undefined,
  };
  return { session, asked };
};
