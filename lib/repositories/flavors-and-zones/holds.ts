import { FlavorOrZoneKind } from '../../models/flavors-and-zones.ts';
import type { LoadBalancer } from '../../models/objects/load-balancer.ts';
import { RowType } from '../table/keys.ts';
import { countDown, countUp } from '../table/lone-rows.ts';
import type { TransactItem } from '../table/transact.ts';

/*
 * A load balancer holds what it has chosen from its commit to the settlement of its deletion, each in one transaction
 * with the load balancer's own row: so nothing that is chosen can be removed, and the count cannot drift.
 */

export const FLAVOR_OR_ZONE_ROWS = Object.freeze({
  flavor: RowType.FLAVOR,
  availability_zone: RowType.AVAILABILITY_ZONE,
});

type Choosing = Pick<LoadBalancer, 'flavor_id' | 'availability_zone'>;

export interface ChosenFlavorOrZone {
  readonly kind: FlavorOrZoneKind;
  readonly id: string;
}

/** What a load balancer has chosen. */
export const chosenFlavorAndZone = ({ flavor_id, availability_zone }: Choosing): readonly ChosenFlavorOrZone[] => [
  ...(flavor_id === null ? [] : [{ kind: FlavorOrZoneKind.FLAVOR, id: flavor_id }]),
  ...(availability_zone === null ? [] : [{ kind: FlavorOrZoneKind.AVAILABILITY_ZONE, id: availability_zone }]),
];

/** Refused, each, where the flavor or zone is missing or disabled. */
export const holdFlavorAndZone = (loadBalancer: Choosing): readonly TransactItem[] =>
  chosenFlavorAndZone(loadBalancer).map(({ kind, id }) => countUp(FLAVOR_OR_ZONE_ROWS[kind], id, { enabled: true }));

/** Never refused. */
export const releaseFlavorAndZone = (loadBalancer: Choosing): readonly TransactItem[] =>
  chosenFlavorAndZone(loadBalancer).map(({ kind, id }) => countDown(FLAVOR_OR_ZONE_ROWS[kind], id));
