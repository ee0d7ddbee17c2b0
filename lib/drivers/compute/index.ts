import { cloudSession } from '../../openstack/session.ts';
import type { ComputeDriver } from './compute-driver.ts';
import { novaComputeDriver } from './nova-compute-driver.ts';

let shared: ComputeDriver | null = null;

/** The container's compute driver. */
export const computeDriver = (): ComputeDriver => {
  shared ??= novaComputeDriver(cloudSession());
  return shared;
};
