import { cloudSession } from '../../openstack/session.ts';
import { glanceImageDriver } from './glance-image-driver.ts';
import type { ImageDriver } from './image-driver.ts';

let shared: ImageDriver | null = null;

/** The container's image driver. */
export const imageDriver = (): ImageDriver => {
  shared ??= glanceImageDriver(cloudSession());
  return shared;
};
