import { type Rollout, type RolloutCriteria, RolloutStatus } from '../../../lib/models/operations/rollout.ts';
import { beginRollout, findRollout } from '../../../lib/repositories/fleet/rollouts.ts';
import { validationFailure } from '../answers/refusals.ts';
import { parseResource } from '../fields/parse-resource.ts';
import { authorizeProject } from '../request/authorization.ts';
import type { ApiDependencies } from '../request/dependencies.ts';
import { createOnce, OPERATORS } from '../request/idempotency.ts';
import { type ApiHandler, requesterOf } from '../request/request.ts';
import { createFields, type PreviewFields, previewFields, WRAPPING } from './body.ts';
import { rolloutView } from './view.ts';

const criteriaOf = (fields: PreviewFields): RolloutCriteria => {
  const { image = true, flavor = true, max_age = null, project_id = null, loadbalancer_ids = null } = fields;
  if (!image && !flavor && max_age === null) {
    throw validationFailure('a rollout needs one of image, flavor and max_age.');
  }
  return { image, flavor, max_age, project_id, loadbalancer_ids };
};

/** POST /octavia/rollouts/preview: the due amphorae and the reason; nothing is written or started. */
export const previewsRollout =
  ({ rollouts }: Pick<ApiDependencies, 'rollouts'>): ApiHandler =>
  async (request) => {
    authorizeProject(request, null);
    const criteria = criteriaOf(parseResource(request.body, { ...WRAPPING, fields: previewFields }));
    const loadbalancers = await (await rollouts()).findDue(criteria);
    const amphora_count = loadbalancers.reduce((sum, { amphorae }) => sum + amphorae.length, 0);
    return {
      status: 200,
      body: { preview: { loadbalancers, loadbalancer_count: loadbalancers.length, amphora_count } },
    };
  };

/** POST /octavia/rollouts: begins within a minute. */
export const startsRollout =
  ({ rollouts }: Pick<ApiDependencies, 'rollouts'>): ApiHandler =>
  async (request) => {
    authorizeProject(request, null);
    const { at_once, max_failures, ...fields } = parseResource(request.body, { ...WRAPPING, fields: createFields });
    const criteria = criteriaOf(fields);
    const { defaults } = await rollouts();
    const begun = async (rollout: Rollout) => ({ status: 201, body: { rollout: await rolloutView(rollout) } });
    return await createOnce(request, OPERATORS, {
      find: async (id) => {
        const found = await findRollout(id);
        return found === null ? null : await begun(found);
      },
      create: async (id) => {
        const rollout: Rollout = {
          ...criteria,
          id,
          status: RolloutStatus.RUNNING,
          at_once: at_once ?? defaults.atOnce,
          max_failures: max_failures ?? defaults.maxFailures,
          forgiven: 0,
          reason: null,
          requester: requesterOf(request),
          created_at: new Date().toISOString(),
          planned_at: null,
          ended_at: null,
        };
        await beginRollout(rollout);
        return await begun(rollout);
      },
    });
  };
