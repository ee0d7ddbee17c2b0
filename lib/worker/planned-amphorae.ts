import { v4 as uuidv4 } from 'uuid';
import { type LoadBalancer, ROLES_OF, Topology } from '../models/objects/load-balancer.ts';
import type { SpareTake } from '../repositories/locks/commits.ts';
import { newVrrpGroup } from './vrrp-group.ts';

/**
 * The amphorae a topology takes; their ids are fixed with the operation, so that every retry means the same ones.
 * @param spare the one that a single amphora is not built for
 */
export const plannedAmphorae = (topology: Topology, spare: SpareTake | null) =>
  ROLES_OF[topology].map((role) => ({ amphora_id: spare?.amphoraId ?? uuidv4(), role }));

/** Amphorae of ACTIVE_STANDBY know each other by a group, made once. */
export const vrrpGroupFor = ({ id, topology, vrrp_group }: Pick<LoadBalancer, 'id' | 'topology' | 'vrrp_group'>) =>
  topology === Topology.ACTIVE_STANDBY ? (vrrp_group ?? newVrrpGroup(id)) : null;
