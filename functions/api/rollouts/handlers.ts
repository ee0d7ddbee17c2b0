import { listRollouts, listSteps } from '../../../lib/repositories/fleet/rollouts.ts';
import { listAnswer } from '../lists/list-answer.ts';
import { askedFields } from '../lists/list-query.ts';
import { authorizeProject } from '../request/authorization.ts';
import type { ApiDependencies } from '../request/dependencies.ts';
import type { ApiHandler } from '../request/request.ts';
import { narrow } from '../views/common.ts';
import { changesRollout } from './change.ts';
import { requestedRollout } from './find.ts';
import { previewsRollout, startsRollout } from './start.ts';
import { OPTIONS, rolloutView, SEARCHABLE_FIELDS, SEARCHABLE_STEP_FIELDS, STEP_OPTIONS, stepView } from './view.ts';

type Settings = Pick<ApiDependencies, 'settings'>;

/** GET /octavia/rollouts, newest first. */
const listsRollouts =
  ({ settings }: Settings): ApiHandler =>
  async (request) => {
    authorizeProject(request, null);
    const listing = { plural: 'rollouts', searchable: SEARCHABLE_FIELDS, options: OPTIONS, direction: 'desc' as const };
    const views = await Promise.all((await listRollouts()).map(rolloutView));
    return await listAnswer(request, { ...listing, maxLimit: settings().paginationMaxLimit }, views);
  };

/** GET /octavia/rollouts/{id} */
const showRollout: ApiHandler = async (request) => {
  const view = await rolloutView(await requestedRollout(request));
  return { status: 200, body: { rollout: narrow(view, askedFields(request.query)) } };
};

/** GET /octavia/rollouts/{id}/loadbalancers */
const listsSteps =
  ({ settings }: Settings): ApiHandler =>
  async (request) => {
    const { id } = await requestedRollout(request);
    const listing = { plural: 'loadbalancers', searchable: SEARCHABLE_STEP_FIELDS, options: STEP_OPTIONS };
    const views = (await listSteps(id)).map(stepView);
    return await listAnswer(request, { ...listing, maxLimit: settings().paginationMaxLimit }, views);
  };

/** Everything that operators do with roll-outs. */
export const rolloutHandlers = (dependencies: ApiDependencies) => ({
  list: listsRollouts(dependencies),
  show: showRollout,
  listSteps: listsSteps(dependencies),
  preview: previewsRollout(dependencies),
  start: startsRollout(dependencies),
  change: changesRollout,
});
