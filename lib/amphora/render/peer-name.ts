import { createHash } from 'node:crypto';

/**
 * The name an amphora's haproxy goes by among its peers, as the agent passes it to haproxy's `-L`: base64 of the SHA-1
 * of the amphora's id, with `_` for `+`, `-` for `/`, no padding, and no dash in front.
 */
export const peerName = (amphoraId: string): string =>
  createHash('sha1')
    .update(amphoraId, 'utf8')
    .digest('base64')
    .replaceAll('+', '_')
    .replaceAll('/', '-')
    .replace(/=+$/, '')
    .replace(/^-/, 'x');
