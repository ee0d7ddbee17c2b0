import { createHash } from 'node:crypto';

/** The name of an amphora among haproxy's peers: SHA-1 of its id in base64, made fit for a command line. */
export const peerName = (amphoraId: string): string =>
  createHash('sha1')
    .update(amphoraId)
    .digest('base64')
    .replaceAll('+', '_')
    .replaceAll('/', '-')
    .replace(/^-/, 'x')
    .replace(/=+$/, '');
