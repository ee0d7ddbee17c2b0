import { createHash } from 'node:crypto';

/** What the agent keeps of an uploaded haproxy configuration: it takes a `group` and the rest of its line out. */
export const asStored = (configuration: string): string => configuration.replace(/\s+group\s.+/g, '');

/** SHA-256, in hexadecimal, of a configuration as the agent stores it: the same before an upload and after reading back. */
export const configurationDigest = (configuration: string): string =>
  createHash('sha256').update(asStored(configuration), 'utf8').digest('hex');
