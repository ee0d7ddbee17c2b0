import type { ApiDependencies } from '../dependencies.ts';
import { deletesQuota } from './delete.ts';
import { listsQuotas } from './list.ts';
import { showsQuota } from './show.ts';
import { showsDefaultQuota } from './show-defaults.ts';
import { updatesQuota } from './update.ts';

/** Everything that can be done with quotas. */
export const quotaHandlers = (dependencies: ApiDependencies) => ({
  list: listsQuotas(dependencies),
  showDefaults: showsDefaultQuota(dependencies),
  show: showsQuota(dependencies),
  update: updatesQuota(dependencies),
  remove: deletesQuota(dependencies),
});
