import type { Operation } from '../api/shapes.ts';
import type { Found } from './find-object.ts';

const UNDER_WAY = new Set(['COMMITTED', 'JOINED', 'RUNNING']);

export const isUnderWay = ({ status }: Pick<Operation, 'status'>): boolean => UNDER_WAY.has(status);

/** True for an operation with a failure in its record, also one that another has taken over. */
export const hasFailed = ({ status, error_name }: Pick<Operation, 'status' | 'error_name'>): boolean =>
  status === 'FAILED' || (error_name !== null && !UNDER_WAY.has(status) && status !== 'SUCCEEDED');

const isAbout = (operation: Operation, id: string): boolean =>
  operation.amphora_id === id ||
  operation.error_objects.some((object) => object.id === id) ||
  operation.steps.some(({ subject }) => subject === id);

/** True for a status that an operation has left, and one must bring back. */
const isBroken = (found: Exclude<Found, { readonly kind: 'operation' }>): boolean =>
  found.kind === 'amphora' ? found.object.status === 'ERROR' : found.object.provisioning_status === 'ERROR';

/**
 * The operation that explains the state of an object best: one under way; for an object in ERROR the latest failed one
 * that names it, or else the latest failed one; otherwise the latest.
 * @param operations of its load balancer, newest first
 */
export const chooseOperation = (found: Found, operations: readonly Operation[]): Operation | null => {
  if (found.kind === 'operation') return found.operation;
  const { id } = found.object;
  const running = operations.find(isUnderWay);
  if (running !== undefined) return running;
  const about = found.kind === 'load balancer' ? operations : operations.filter((operation) => isAbout(operation, id));
  if (isBroken(found)) return about.find(hasFailed) ?? operations.find(hasFailed) ?? null;
  return about[0] ?? null;
};
