import { imageDriver } from '../../../lib/drivers/image/index.ts';
import { computeConfig, rolloutConfig } from '../../../lib/settings/config.ts';
import { findDue } from '../../../lib/upkeep/rollout/due.ts';
import type { Rollouts } from '../request/dependencies.ts';

/** What a roll-out begins with, as deployed. */
export const rolloutDependencies = (): Rollouts => ({
  findDue: (criteria) => findDue({ images: imageDriver(), settings: computeConfig() }, criteria),
  defaults: rolloutConfig(),
});
