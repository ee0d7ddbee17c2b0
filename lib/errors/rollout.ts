import { ConflictError } from './conflict.ts';
import { WorkerError } from './worker-error.ts';

export class RolloutNotFoundError extends WorkerError {
  override readonly name = 'RolloutNotFoundError';
  constructor(id: string) {
    super(`Rollout ${id} not found.`, { resource: 'rollout', resourceId: id });
  }
}

/** Two at once would replace the two amphorae of one load balancer. */
export class RolloutInProgressError extends ConflictError {
  override readonly name = 'RolloutInProgressError';
  constructor(id: string) {
    super(`Rollout ${id} has not ended.`, { resource: 'rollout', resourceId: id });
  }
}

export class RolloutEndedError extends ConflictError {
  override readonly name = 'RolloutEndedError';
  constructor(id: string, status: string) {
    super(`Rollout ${id} is ${status}, and nothing comes after that.`, { resource: 'rollout', resourceId: id });
  }
}
