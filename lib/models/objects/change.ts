import { ProvisioningStatus } from '../statuses.ts';

/**
 * What is known of the latest change to a row below a load balancer, beside the values themselves. Values in the row
 * are always the wanted ones; this shows what the amphorae run meanwhile.
 */
export interface ChangeState {
  /** The operation that changed the row last. */
  readonly operation_id: string;
  /**
   * Attributes as the amphorae have them, for an update that is not applied: the former value of each changed one.
   * null when nothing of the row is applied (a creation) or all of it is.
   */
  readonly applied: Readonly<Record<string, unknown>> | null;
  /** True once an amphora has run the row in some form. */
  readonly was_applied: boolean;
  /** True when the wanted values were refused: they are left out of every configuration until they change again. */
  readonly rejected: boolean;
  /**
   * True when a deletion of the row was accepted and failed. The row is in ERROR and its deletion is still wanted: no
   * configuration has it, and the next success removes it, unless its owner updates it before.
   */
  readonly deletion_failed: boolean;
}

/** True while an operation deletes the row. */
export const isBeingDeleted = ({
  provisioning_status,
}: {
  readonly provisioning_status: ProvisioningStatus;
}): boolean => provisioning_status === ProvisioningStatus.PENDING_DELETE;

/** True for a row whose deletion is wanted: under way, or failed. */
export const isLeaving = (
  object: { readonly provisioning_status: ProvisioningStatus },
  state: ChangeState | undefined,
): boolean => isBeingDeleted(object) || state?.deletion_failed === true;

/** True for a row that was refused as it had been applied, by what it refers to: no amphora has it, until it can be used again. */
export const isRefusedAtRest = ({ rejected, was_applied, applied }: ChangeState): boolean =>
  rejected && was_applied && applied === null;

/** True for a row that is applied as it is, and shows PENDING_UPDATE only because something below it changes. */
export const movesAlong = (status: ProvisioningStatus, state: ChangeState | undefined): boolean =>
  status === ProvisioningStatus.PENDING_UPDATE && state?.was_applied === true && state.applied === null;
