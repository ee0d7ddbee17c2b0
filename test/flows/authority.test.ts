import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Authority, createAuthority } from '../../lib/drivers/certificate/authority.ts';
import { localCertificateDriver } from '../../lib/drivers/certificate/local-certificate-driver.ts';
import { readPem } from '../../lib/drivers/certificate/pem-source.ts';
import type { Amphora } from '../../lib/models/objects/amphora.ts';
import { useBench } from './support/bench.ts';
import { noteOnRow } from './support/certificates.ts';

const bench = useBench();

const pathOf = (setting: string): string => String(process.env[setting]);
const write = (setting: string, ...pems: readonly string[]): void => writeFileSync(pathOf(setting), pems.join(''));

let former: Authority;
let next: Authority;
beforeAll(async () => {
  former = {
    certPem: readFileSync(pathOf('SERVER_CA_CERTIFICATE'), 'utf8'),
    keyPem: readFileSync(pathOf('SERVER_CA_PRIVATE_KEY'), 'utf8'),
  };
  // Of the same name, as a renewed authority has it.
  next = await createAuthority('Local server authority', { days: 30 });
  write('SERVER_CA_CERTIFICATE', next.certPem, former.certPem);
  write('SERVER_CA_PRIVATE_KEY', next.keyPem);
});

/** An amphora that got its certificate before. */
const older = async (): Promise<Amphora> => {
  const [amphora] = await bench.amphorae((await bench.created()).id);
  if (amphora === undefined) throw new Error('there is no amphora');
  const { certificateConfig } = await import('../../lib/settings/config.ts');
  const sources: Record<string, string> = { cert: former.certPem, key: former.keyPem };
  const { pem, issuer } = await localCertificateDriver({
    settings: { ...certificateConfig(), serverCa: 'cert', serverCaKey: 'key' },
    readPem: async (_, source) => sources[source] ?? '',
  }).issueAmphoraCertificate(amphora.id);
  await bench.lib().amphoraDriver().uploadAgentCertificate(bench.agentOf(amphora), pem);
  await noteOnRow(amphora, { cert_issuer: issuer });
  return amphora;
};

/** Asks the agent as a worker does that trusts the new authority only. */
const isTrusted = async (amphora: Amphora): Promise<boolean> => {
  const [{ createAgentClient }, { amphoraConfig, certificateConfig }, { agentCredentialsReader }] = await Promise.all([
    import('../../lib/amphora/agent-client.ts'),
    import('../../lib/settings/config.ts'),
    import('../../lib/drivers/certificate/agent-credentials.ts'),
  ]);
  const credentials = await agentCredentialsReader({ settings: certificateConfig(), readPem })();
  const client = createAgentClient(amphoraConfig(), async () => ({ ...credentials, ca: next.certPem }));
  return await client.peerFingerprint(bench.agentOf(amphora)).then(
    () => true,
    (error: unknown) => {
      expect(error).toMatchObject({ name: 'AmphoraIdentityError' });
      return false;
    },
  );
};

const trusted = (amphorae: readonly Amphora[]) => Promise.all(amphorae.map(isTrusted));
const byHour = () => bench.stack().invoke('RotateCertificates');

describe('a new authority for the certificates of amphorae', () => {
  it('signs those of all amphorae while the former is trusted, and then the former can go', async () => {
    const amphorae = [await older(), await older(), await older()];
    expect(await trusted(amphorae)).toEqual([false, false, false]);
    expect(await byHour()).toMatchObject({ due: 3, rotated: 3, failed: 0, left: 0, halted: false });
    expect(await trusted(amphorae)).toEqual([true, true, true]);
    expect(await byHour()).toMatchObject({ due: 0 });
  });

  it('rotates one and no more while the worker still signs with another than the first', async () => {
    write('SERVER_CA_CERTIFICATE', former.certPem, next.certPem);
    expect(await byHour()).toMatchObject({ due: 3, rotated: 1, left: 2, halted: true, alarms: [] });
    write('SERVER_CA_CERTIFICATE', next.certPem, former.certPem);
    expect(await byHour()).toMatchObject({ due: 0, halted: false });
  });
});
