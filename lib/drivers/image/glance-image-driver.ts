import { ImageNotFoundError } from '../../errors/cloud.ts';
import { newestImageWithTag } from '../../openstack/image/images/requests.ts';
import type { CloudSession } from '../../openstack/session.ts';
import type { ImageDriver } from './image-driver.ts';

/** The image driver for Glance. */
export const glanceImageDriver = (session: CloudSession): ImageDriver => ({
  async findImageByTag(tag, ownerId) {
    const imageId = await newestImageWithTag(session, tag, ownerId);
    if (imageId !== null) return imageId;
    const owner = ownerId === null ? '' : ` and owner ${ownerId}`;
    throw new ImageNotFoundError(`No active image with tag ${tag}${owner}.`, { resource: 'image', resourceId: tag });
  },
});
