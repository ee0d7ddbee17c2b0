import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPem } from '../../../../../lib/drivers/certificate/pem-source.ts';
import { useSecretsManager } from '../../../../helpers/secrets-manager.ts';

const PEM = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';

const { holds } = useSecretsManager();
holds.set('text', PEM);
holds.set('bytes', Buffer.from(PEM));
holds.set('none of it', 'hush');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pem-'));
});
afterAll(async () => {
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
    for (const source of [path, 'secret:none of it']) {
      await expect(readPem('CLIENT_CA_CERTIFICATE', source)).rejects.toMatchObject({
        name: 'ConfigurationError',
        message: `CLIENT_CA_CERTIFICATE: "${source}" holds no PEM`,
      });
    }
  });
});
