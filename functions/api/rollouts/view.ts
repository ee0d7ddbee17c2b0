import {
  progressOf,
  type Rollout,
  RolloutStatus,
  type RolloutStep,
  RolloutStepStatus,
} from '../../../lib/models/operations/rollout.ts';
import { listSteps } from '../../../lib/repositories/fleet/rollouts.ts';
import type { RolloutView, StepView } from './shape.ts';

/** A roll-out with how far it is. */
export const rolloutView = async (rollout: Rollout): Promise<RolloutView> => {
  const { forgiven: _forgiven, requester: _requester, ...shown } = rollout;
  return { ...shown, progress: progressOf(await listSteps(rollout.id)) };
};

/** A load balancer of a roll-out, under its own id. */
export const stepView = ({ rollout_id: _rollout, ...step }: RolloutStep): StepView => ({
  id: step.loadbalancer_id,
  ...step,
});

/** Fields a list of roll-outs can be filtered and sorted by. */
export const SEARCHABLE_FIELDS = ['id', 'status', 'project_id', 'created_at', 'ended_at'] as const;

/** Fields a list of a roll-out's load balancers can be filtered and sorted by. */
export const SEARCHABLE_STEP_FIELDS = [
  'id',
  'loadbalancer_id',
  'project_id',
  'status',
  'amphora_id',
  'operation_id',
  'since',
] as const;

/** The values of filters that only take these, of both lists. */
export const OPTIONS = { status: Object.values(RolloutStatus) };
export const STEP_OPTIONS = { status: Object.values(RolloutStepStatus) };
