import type { WorkerError } from '../errors/worker-error.ts';
import type { Amphora } from '../models/objects/amphora.ts';
import type { ChangeState } from '../models/objects/change.ts';
import { effectiveTree } from '../models/objects/effective-tree.ts';
import type { Member } from '../models/objects/pool.ts';
import type { FlowInput } from '../models/operations/operation.ts';
import type { TreeRead } from '../repositories/objects/trees.ts';
import type { StepLog } from '../task/step-log.ts';
import { stayingMembers } from './network/member-networks.ts';
import { isLost, type RefusedSubnets } from './network/network-refusals.ts';
import { noteRefusals, type Refusal } from './note-refusals.ts';

/** True for a member that is served, on another subnet than it is to be on now. */
const isMoving = ({ subnet_id }: Member, state: ChangeState | undefined): boolean =>
  state?.was_applied === true && state.applied?.subnet_id !== undefined && state.applied.subnet_id !== subnet_id;

const refusalOf = (member: Member, state: ChangeState | undefined, error: WorkerError): Refusal => ({
  objectId: member.id,
  errorName: isLost(error) ? error.name : 'PortPlugError',
  errorMessage: isLost(error) ? error.message : `no port on subnet ${member.subnet_id}: ${error.message}`,
  unapplied: !isMoving(member, state),
});

/**
 * Decides which members are at fault for subnets that cannot be plugged. One that is gone is lost for all its members.
 * One that cannot be plugged is the fault of the members that are new on it; a member that was to move to it stays
 * where it was. Where members are served on it already, it is this amphora that cannot follow: it continues without
 * them, or, when it has yet to serve anything, the flow must stop.
 * @throws OperationSuperseded
 * @throws the refusal of a subnet whose members a new amphora would have to go without
 */
export const rejectMembers = async (
  flow: FlowInput,
  read: TreeRead,
  { pushed }: Pick<Amphora, 'pushed'>,
  refused: RefusedSubnets,
  log: StepLog,
): Promise<void> => {
  const members = stayingMembers(effectiveTree(read.tree, read.changes));
  const refusals: Refusal[] = [];
  for (const [subnetId, error] of refused) {
    log.warn('member subnet cannot be plugged', { subnet_id: subnetId, reason: error.message });
    const onIt = members.filter((member) => member.subnet_id === subnetId);
    const stateOf = ({ id }: Member) => read.changes.get(id);
    const isServed = onIt.some((member) => stateOf(member)?.was_applied && !isMoving(member, stateOf(member)));
    if (isLost(error) || !isServed) {
      refusals.push(...onIt.map((member) => refusalOf(member, stateOf(member), error)));
    } else if (!pushed) throw error;
  }
  await noteRefusals(flow, read, refusals);
};
