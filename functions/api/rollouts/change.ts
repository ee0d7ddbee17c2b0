import { RolloutEndedError } from '../../../lib/errors/rollout.ts';
import {
  ENDED_ROLLOUTS,
  type Rollout,
  RolloutStatus,
  type RolloutStep,
} from '../../../lib/models/operations/rollout.ts';
import { changeRollout, getRollout, listSteps } from '../../../lib/repositories/fleet/rollouts.ts';
import { parseResource } from '../fields/parse-resource.ts';
import type { ApiHandler } from '../request/request.ts';
import { updateFields, WRAPPING } from './body.ts';
import { requestedRollout } from './find.ts';
import { rolloutView } from './view.ts';

/** Another invocation may end or halt it meanwhile: then the wish meets what is there by now. */
const ATTEMPTS = 5;

const failures = (steps: readonly RolloutStep[]): number => steps.filter(({ status }) => status === 'FAILED').length;

/** An operator that resumes after failures accepts them: so many more may come. */
const goingOn = async ({ id, status }: Rollout): Promise<Partial<Rollout>> =>
  status === RolloutStatus.HALTED ? { forgiven: failures(await listSteps(id)), reason: null } : {};

/** PUT /octavia/rollouts/{id}: pauses it, lets it go on, stops it for good, or changes its pace. */
export const changesRollout: ApiHandler = async (request) => {
  let rollout = await requestedRollout(request);
  const fields = parseResource(request.body, { ...WRAPPING, fields: updateFields });
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    if (ENDED_ROLLOUTS.includes(rollout.status)) break;
    const further = fields.status === RolloutStatus.RUNNING ? await goingOn(rollout) : {};
    if (await changeRollout(rollout, { ...fields, ...further })) {
      return { status: 200, body: { rollout: await rolloutView(await getRollout(rollout.id)) } };
    }
    rollout = await getRollout(rollout.id);
  }
  throw new RolloutEndedError(rollout.id, rollout.status);
};
