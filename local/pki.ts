import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAuthority, issueClientCertificate } from '../lib/drivers/certificate/authority.ts';

/** Ten years: as long as anyone keeps a data folder. */
const DAYS = 3650;

const files = {
  SERVER_CA_CERTIFICATE: 'server-ca.pem',
  SERVER_CA_PRIVATE_KEY: 'server-ca-key.pem',
  CLIENT_CA_CERTIFICATE: 'client-ca.pem',
  CLIENT_CERTIFICATE: 'client.pem',
} as const;

/** The settings of lib/settings/config.ts that name the files. */
export type PkiSettings = Readonly<Record<keyof typeof files, string>>;

const writeSecret = (path: string, text: string): void => writeFileSync(path, text, { mode: 0o600 });

/**
 * The stack's own certificates below `folder`: the authority of the amphorae's certificates, and the one of the
 * worker's, with its certificate and key. Made once, kept from then on.
 */
export const openPki = async (folder: string): Promise<PkiSettings> => {
  const at = (name: string): string => join(folder, name);
  const settings: PkiSettings = {
    SERVER_CA_CERTIFICATE: at(files.SERVER_CA_CERTIFICATE),
    SERVER_CA_PRIVATE_KEY: at(files.SERVER_CA_PRIVATE_KEY),
    CLIENT_CA_CERTIFICATE: at(files.CLIENT_CA_CERTIFICATE),
    CLIENT_CERTIFICATE: at(files.CLIENT_CERTIFICATE),
  };
  if (Object.values(settings).every((path) => existsSync(path))) return settings;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const [server, client] = await Promise.all([
    createAuthority('Local server authority', { days: DAYS }),
    createAuthority('Local client authority', { days: DAYS }),
  ]);
  writeSecret(settings.SERVER_CA_PRIVATE_KEY, server.keyPem);
  writeSecret(settings.CLIENT_CERTIFICATE, await issueClientCertificate(client, 'deploy-worker', { days: DAYS }));
  writeFileSync(settings.CLIENT_CA_CERTIFICATE, client.certPem);
  writeFileSync(settings.SERVER_CA_CERTIFICATE, server.certPem);
  return settings;
};

/** The key of the amphorae's heartbeats: random, made once. */
export const openHeartbeatKey = (folder: string): string => {
  const path = join(folder, 'heartbeat-key');
  if (!existsSync(path)) writeSecret(path, randomBytes(32).toString('hex'));
  return readFileSync(path, 'utf8').trim();
};
