import { ControllerWorker } from '../../lib/controller-worker.ts';
import { imageDriver } from '../../lib/drivers/image/index.ts';
import { computeConfig, spareConfig } from '../../lib/settings/config.ts';
import { UPKEEP } from '../../lib/upkeep/round.ts';
import { keepSpares, type SpareRound } from '../../lib/upkeep/spares.ts';
import { unlessFrozen } from '../../lib/upkeep/unless-frozen.ts';

/**
 * Keeps as many spare amphorae READY as the settings ask for: builds what is missing, and deletes what is of another image
 * or flavor, too old, or too many. Runs every minute; two at the same time may build one too many, which goes again.
 */
export const handler = unlessFrozen(async (): Promise<SpareRound> => {
  const { poolSize: size, maxAge } = spareConfig();
  const model = async () => {
    const { ampImageTag, ampImageOwnerId, ampFlavorId: flavorId } = computeConfig();
    return { imageId: await imageDriver().findImageByTag(ampImageTag, ampImageOwnerId), flavorId };
  };
  return await keepSpares({ worker: new ControllerWorker(UPKEEP), model, size, maxAge });
});
