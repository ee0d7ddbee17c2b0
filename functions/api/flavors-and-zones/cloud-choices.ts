import { computeDriver } from '../../../lib/drivers/compute/index.ts';
import { imageDriver } from '../../../lib/drivers/image/index.ts';
import { ImageNotFoundError } from '../../../lib/errors/cloud.ts';
import { computeConfig } from '../../../lib/settings/config.ts';
import type { CloudChoices } from '../request/dependencies.ts';

/** What the cloud has for amphorae to be built of, seen with the worker's own rights. */
export const cloudChoices = (): CloudChoices => ({
  flavorExists: (id) => computeDriver().flavorExists(id),
  listAvailabilityZones: () => computeDriver().listAvailabilityZones(),
  async imageExists(tag) {
    try {
      await imageDriver().findImageByTag(tag, computeConfig().ampImageOwnerId);
      return true;
    } catch (error) {
      if (error instanceof ImageNotFoundError) return false;
      throw error;
    }
  },
});
