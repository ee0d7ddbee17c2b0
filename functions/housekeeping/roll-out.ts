import { ControllerWorker } from '../../lib/controller-worker.ts';
import { impatientAmphoraDriver } from '../../lib/drivers/amphora/index.ts';
import { imageDriver } from '../../lib/drivers/image/index.ts';
import { computeConfig, limitConfig, rolloutConfig } from '../../lib/settings/config.ts';
import { logger } from '../../lib/tools/logger.ts';
import { metricLine } from '../../lib/tools/metric-line.ts';
import { type Advanced, advance } from '../../lib/upkeep/rollout/advance.ts';
import { UPKEEP } from '../../lib/upkeep/round.ts';
import { unlessFrozen } from '../../lib/upkeep/unless-frozen.ts';

/** Milliseconds in which it continues: less than until the next invocation. */
const GOES_ON_MS = 50_000;
const PAUSE_MS = 2_000;

/**
 * Continues the roll-out that has not ended; without one it reads a single row. Runs every minute. Two runs at the same
 * time do no harm, and the next run continues after a crash.
 */
export const handler = unlessFrozen(async (): Promise<Advanced | null> => {
  const { settleTimeout } = rolloutConfig();
  const parts = {
    worker: new ControllerWorker(UPKEEP),
    agents: impatientAmphoraDriver(),
    settleTimeout,
    limits: limitConfig(),
    due: { images: imageDriver(), settings: computeConfig() },
  };
  const advanced = await advance(parts, { until: Date.now() + GOES_ON_MS, pauseMs: PAUSE_MS });
  if (advanced === null) return null;
  const { WAITING, REPLACING, SETTLING, DONE, FAILED } = advanced.progress;
  const counts = {
    RolloutLeft: WAITING + REPLACING + SETTLING,
    RolloutDone: DONE,
    RolloutFailed: FAILED,
    RolloutHalted: advanced.status === 'HALTED' ? 1 : 0,
  };
  logger.info('roll-out', { ...metricLine(Date.now(), { Function: 'RollOut' }, counts), ...advanced });
  return advanced;
});
