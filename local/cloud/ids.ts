import { v5 } from 'uuid';

const NAMESPACE = '0d3c1f7a-5f0e-4f6b-9c64-3a8e2f1b7d90';

/** The same id for the same name in every stand-in cloud; uuid with dashes. */
export const stableId = (name: string): string => v5(name, NAMESPACE);

/** As stableId, in Keystone's form: 32 hexadecimal digits. */
export const stableHexId = (name: string): string => stableId(name).replaceAll('-', '');

/** Now as Nova, Neutron and Glance write times: seconds, UTC, with a Z. */
export const now = (): string => `${new Date().toISOString().slice(0, 19)}Z`;
