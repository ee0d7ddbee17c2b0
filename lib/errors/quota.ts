import { WorkerError } from './worker-error.ts';

/** The project has as many as it may have. Nothing was written. */
export class QuotaExceededError extends WorkerError {
  override readonly name = 'QuotaExceededError';
  /** @param resources every one that is at its limit, as people call it */
  constructor(projectId: string, resources: readonly string[]) {
    super(`Quota has been met for resources: ${resources.join(', ')}`, { resource: 'project', resourceId: projectId });
  }
}

/** Too many write at the project's counters, or at one of its load balancers, at once. Nothing was written. */
export class ProjectBusyError extends WorkerError {
  override readonly name = 'ProjectBusyError';
  override readonly retryable = true;
  constructor(projectId: string, cause?: unknown) {
    super('Project busy.  Unable to lock the project.  Please try again.', {
      resource: 'project',
      resourceId: projectId,
      cause,
    });
  }
}
