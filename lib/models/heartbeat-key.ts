import { createHmac } from 'node:crypto';

/**
 * The key that one amphora signs its heartbeats with. It is derived from the shared key, and does not reveal it: an
 * amphora that was taken over can sign for itself, and for no other.
 */
export const amphoraKeyOf = (sharedKey: string, amphoraId: string): string =>
  createHmac('sha256', sharedKey).update(`heartbeats of ${amphoraId}`).digest('hex');
