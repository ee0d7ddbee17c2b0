import { WorkerError } from './worker-error.ts';

/**
 * A stored value cannot stand in an amphora's configuration: the object it belongs to counts as in ERROR, and nothing
 * of it is pushed. `resource` and `resourceId` name the object, `field` its field. The value itself is left out.
 */
export class UnrenderableValueError extends WorkerError {
  override readonly name = 'UnrenderableValueError';
  readonly field: string;
  readonly reason: string;
  constructor(resource: string, id: string, field: string, reason: string) {
    super(`${resource} ${id}: ${field} ${reason}.`, { resource, resourceId: id });
    this.field = field;
    this.reason = reason;
  }
}
