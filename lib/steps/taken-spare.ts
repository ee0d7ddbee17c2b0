import type { AmphoraDriver } from '../drivers/amphora/amphora-driver.ts';
import type { ComputeDriver } from '../drivers/compute/compute-driver.ts';
import {
  AmphoraIdentityError,
  AmphoraNotReadyError,
  AmphoraUnreachableError,
  CloudResourceNotFoundError,
  PortPlugError,
} from '../errors/cloud.ts';
import type { Amphora } from '../models/objects/amphora.ts';
import type { FlowInput } from '../models/operations/operation.ts';
import { AmphoraStatus } from '../models/statuses.ts';
import { getAmphoraAt, updateAmphora } from '../repositories/fleet/amphorae.ts';
import { forgetHealth } from '../repositories/health/reports.ts';
import type { StepLog } from '../task/step-log.ts';
import { type DeletableServers, deleteAmphoraServer } from './delete-server.ts';

export interface SpareDrivers {
  readonly compute: Pick<ComputeDriver, 'attachPort'> & DeletableServers;
  /** With little patience: a spare can be done without. */
  readonly agents: Pick<AmphoraDriver, 'getInfo'>;
}

/** True for a load balancer's amphora that was a spare, and has no interface in the VIP's network yet. */
export const isTakenSpare = ({ status, compute_id }: Amphora): boolean =>
  status === AmphoraStatus.READY && compute_id !== null;

/**
 * It is built like any other from here on, under the same id. BOOTING without a server says that the spare's own one, which the
 * ledger has, must go first: Nova would be asked for it by its name.
 */
const DROPPED = {
  status: AmphoraStatus.BOOTING,
  compute_id: null,
  lb_network_ip: null,
  cached_zone: null,
  image_id: null,
  compute_flavor: null,
  cert_expiration: null,
  facts: null,
};
const isDropped = ({ status, compute_id }: Amphora): boolean => status === AmphoraStatus.BOOTING && compute_id === null;

/** What a load balancer does with the spare it has taken. */
export const takenSpares = ({ compute, agents }: SpareDrivers) => {
  const deleteServer = deleteAmphoraServer(compute);

  const clear = async ({ id }: Amphora, flow: FlowInput): Promise<Amphora> => {
    await deleteServer(id, flow);
    await forgetHealth(id);
    return await getAmphoraAt(id, flow.loadbalancer_id);
  };

  const drop = async (amphora: Amphora, flow: FlowInput, log: StepLog, reason: unknown): Promise<Amphora> => {
    log.warn('spare cannot be used', { reason: reason instanceof Error ? reason.message : 'unknown' });
    // Under the fence first: a late one must not delete the server of an amphora that serves by now.
    await updateAmphora(flow, amphora.id, DROPPED);
    return await clear(amphora, flow);
  };

  return {
    /** The amphora as it is; without a server, if it is a spare that does not answer. @throws StillExistsError */
    checked: async (amphora: Amphora, flow: FlowInput, log: StepLog): Promise<Amphora> => {
      if (isDropped(amphora)) return await clear(amphora, flow);
      if (!isTakenSpare(amphora)) return amphora;
      try {
        await agents.getInfo({ amphoraId: amphora.id, lbNetworkIp: String(amphora.lb_network_ip) });
        return amphora;
      } catch (error) {
        const dead = error instanceof AmphoraUnreachableError || error instanceof AmphoraIdentityError;
        if (!dead) throw error;
        return await drop(amphora, flow, log, error);
      }
    },
    /** Attaches the base port, if it is a spare; without a server, if that cannot be done. @throws StillExistsError */
    attached: async (amphora: Amphora, portId: string, flow: FlowInput, log: StepLog): Promise<Amphora> => {
      if (!isTakenSpare(amphora)) return amphora;
      try {
        await compute.attachPort(String(amphora.compute_id), portId);
        return amphora;
      } catch (error) {
        const lost = error instanceof CloudResourceNotFoundError && error.resource === 'server';
        const refused = error instanceof AmphoraNotReadyError || error instanceof PortPlugError;
        if (!lost && !refused) throw error;
        return await drop(amphora, flow, log, error);
      }
    },
  };
};
