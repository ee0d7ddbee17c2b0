import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readPem } from '../../../../../lib/drivers/certificate/pem-source.ts';

const PEM = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';

let folder: string;
let secrets: Server;

/** A Secrets Manager with one secret as text, one as bytes, and none to read in two ways. */
const secretNamed = (id: string): { readonly status: number; readonly body: object } => {
  if (id === 'text') return { status: 200, body: { SecretString: PEM } };
  if (id === 'bytes') return { status: 200, body: { SecretBinary: Buffer.from(PEM).toString('base64') } };
  if (id === 'down') return { status: 400, body: { __type: 'InternalServiceErrorException' } };
  return { status: 400, body: { __type: 'ResourceNotFoundException' } };
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pem-'));
  secrets = createServer(async (request, response) => {
    const { status, body } = secretNamed(JSON.parse(await text(request)).SecretId);
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => secrets.listen(0, '127.0.0.1', resolve));
  const address = secrets.address();
  if (address === null || typeof address === 'string') throw new TypeError('not listening on a port');
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', `http://127.0.0.1:${address.port}`);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
});

afterAll(async () => {
  vi.unstubAllEnvs();
  secrets.closeAllConnections();
  await new Promise((resolve) => secrets.close(resolve));
  await rm(folder, { recursive: true });
});

describe('a PEM', () => {
  it('is read from a file', async () => {
    const path = join(folder, 'ca.pem');
    await writeFile(path, PEM);
    expect(await readPem('CLIENT_CA_CERTIFICATE', path)).toBe(PEM);
  });

  it.each([['text'], ['bytes']])('is read from a secret of %s', async (id) => {
    expect(await readPem('SERVER_CA_PRIVATE_KEY', `secret:${id}`)).toBe(PEM);
  });

  it('must be there', async () => {
    const path = join(folder, 'none.pem');
    await expect(readPem('CLIENT_CA_CERTIFICATE', path)).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: `CLIENT_CA_CERTIFICATE: cannot read "${path}": ENOENT`,
    });
    await expect(readPem('CLIENT_CA_CERTIFICATE', 'secret:none')).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: 'CLIENT_CA_CERTIFICATE: cannot read secret "none": ResourceNotFoundException',
    });
  });

  it('must be one', async () => {
    const path = join(folder, 'text');
    await writeFile(path, 'hush');
    const read = readPem('CLIENT_CA_CERTIFICATE', path);
    await expect(read).rejects.toMatchObject({ name: 'ConfigurationError' });
    await expect(read).rejects.not.toThrow('hush');
  });

  it('may be asked for again when Secrets Manager is down', async () => {
    await expect(readPem('CLIENT_CA_CERTIFICATE', 'secret:down')).rejects.toMatchObject({
      name: 'CloudUnavailableError',
      retryable: true,
    });
  });
});
