import { WorkerError } from './worker-error.ts';

/** No check of that id was asked for, or its record has expired. */
export class DriftCheckNotFoundError extends WorkerError {
  override readonly name = 'DriftCheckNotFoundError';
  constructor(id: string) {
    super(`Drift check ${id} not found.`, { resource: 'drift check', resourceId: id });
  }
}
