import type { ApiDependencies } from '../dependencies.ts';
import { configuresAmphora } from './config.ts';
import { deletesAmphora } from './delete.ts';
import { failsOverAmphora } from './failover.ts';
import { showHealth } from './health.ts';
import { listsAmphorae } from './list.ts';
import { showAmphora } from './show.ts';
import { showAmphoraStats } from './stats.ts';

/** Everything that operators do with amphorae. */
export const amphoraHandlers = (dependencies: ApiDependencies) => ({
  list: listsAmphorae(dependencies.settings),
  show: showAmphora,
  remove: deletesAmphora(dependencies),
  showStats: showAmphoraStats,
  failOver: failsOverAmphora(dependencies),
  configure: configuresAmphora(dependencies),
  showHealth,
});
