import { describe, expect, it } from 'vitest';
import { ImageNotFoundError } from '../../lib/errors/cloud.ts';
import { type CloudUnderContract, CONTRACT_TIMEOUT } from './cloud-under-contract.ts';
import { thrownBy, uniqueName } from './helpers.ts';

/** What every cloud's image service must do for the worker. */
export const describeImageContract = (getCloud: () => CloudUnderContract): void => {
  describe('image contract', { timeout: CONTRACT_TIMEOUT }, () => {
    it('finds the image by its tag, with and without the owner', async () => {
      const { image, facts } = getCloud();
      const imageId = await image.findImageByTag(facts.imageTag, null);
      expect(imageId).toMatch(/^[0-9a-f-]{36}$/);
      expect(await image.findImageByTag(facts.imageTag, facts.imageOwnerId)).toBe(imageId);
    });

    it('fails by name when no image carries the tag, or none of that owner', async () => {
      const { image, facts } = getCloud();
      const noTag = await thrownBy(image.findImageByTag(uniqueName('no-such-tag'), null));
      const noOwner = await thrownBy(image.findImageByTag(facts.imageTag, '00000000000000000000000000000000'));
      expect(noTag).toBeInstanceOf(ImageNotFoundError);
      expect(noOwner).toBeInstanceOf(ImageNotFoundError);
    });
  });
};
