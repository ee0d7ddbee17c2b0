import type { Faults } from '../../local/cloud/faults/faults.ts';

const PATH = '^/[0-9.]+/loadbalancer/[^/]+/[^/]+/haproxy$';
const ENDLESS = 1_000_000_000;

/** Counts the haproxy configurations that all agents of the stand-in cloud are sent, and changes nothing about them. */
export const countUploads = (faults: Pick<Faults, 'add' | 'rules'>): (() => number) => {
  faults.add({ service: 'agent', method: 'PUT', path: PATH, times: ENDLESS });
  return () => ENDLESS - (faults.rules().find(({ path }) => path === PATH)?.times ?? ENDLESS);
};
