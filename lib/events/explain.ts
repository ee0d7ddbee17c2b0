import type { Operation } from '../models/operations/operation.ts';
import { type StatusMove, TRANSITION_VERSION, type Transition } from '../models/operations/transition.ts';
import { OperatingStatus, ProvisioningStatus } from '../models/statuses.ts';
import { findDeletion } from '../repositories/objects/transitions.ts';
import { findOperation } from '../repositories/operations/operations.ts';

/** What is read is read once for a batch: hundreds of rows move with one operation. */
const remembering = <T>(read: (key: string) => Promise<T>): ((key: string) => Promise<T>) => {
  const known = new Map<string, Promise<T>>();
  return (key) => {
    const found = known.get(key) ?? read(key);
    known.set(key, found);
    return found;
  };
};

const ERRORS: readonly string[] = [ProvisioningStatus.ERROR, OperatingStatus.ERROR];

/** Makes a transition of a row's change, with what the operation's record knows of the reason. */
export const createExplain = (): ((move: StatusMove) => Promise<Transition>) => {
  const deletionOf = remembering(findDeletion);
  const operations = new Map<string, Promise<Operation | null>>();
  const operationOf = (move: StatusMove, id: string): Promise<Operation | null> => {
    const amphora_id = move.object_type === 'amphora' ? move.object_id : null;
    const found = operations.get(id) ?? findOperation({ id, loadbalancer_id: move.loadbalancer_id, amphora_id });
    operations.set(id, found);
    return found;
  };

  /** An operation that another one carries fails with that one's reason, unless it has one of its own. */
  const errorOf = async (move: StatusMove, operation: Operation | null): Promise<string | null> => {
    if (operation === null) return null;
    if (operation.error_name !== null || operation.joined_to === null) return operation.error_name;
    return await errorOf(move, await operationOf(move, operation.joined_to));
  };

  return async ({ cause, ...move }) => {
    const whole = { ...move, cause };
    const goesWith =
      cause === 'parent' && move.loadbalancer_id !== null ? await deletionOf(move.loadbalancer_id) : null;
    const operation_id = move.operation_id ?? goesWith;
    const operation = operation_id === null ? null : await operationOf(whole, operation_id);
    return {
      version: TRANSITION_VERSION,
      ...move,
      project_id: move.project_id ?? operation?.project_id ?? null,
      operation_id,
      reason: {
        cause,
        flow: operation?.flow ?? null,
        error_name: ERRORS.includes(move.after) ? await errorOf(whole, operation) : null,
      },
    };
  };
};
