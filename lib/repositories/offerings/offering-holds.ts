import type { LoadBalancer } from '../../models/objects/load-balancer.ts';
import { OfferingKind } from '../../models/offering.ts';
import { RowType } from '../table/keys.ts';
import { countDown, countUp } from '../table/lone-rows.ts';
import type { TransactItem } from '../table/transact.ts';

/*
 * A load balancer holds what it has chosen from its commit to the settlement of its deletion, each in one transaction
 * with the load balancer's own row: so nothing that is chosen can be removed, and the count cannot drift.
 */

export const OFFERING_ROWS = Object.freeze({
  flavor: RowType.FLAVOR,
  availability_zone: RowType.AVAILABILITY_ZONE,
});

type Choosing = Pick<LoadBalancer, 'flavor_id' | 'availability_zone'>;

export interface ChosenOffering {
  readonly kind: OfferingKind;
  readonly id: string;
}

/** What a load balancer has chosen. */
export const chosenOfferings = ({ flavor_id, availability_zone }: Choosing): readonly ChosenOffering[] => [
  ...(flavor_id === null ? [] : [{ kind: OfferingKind.FLAVOR, id: flavor_id }]),
  ...(availability_zone === null ? [] : [{ kind: OfferingKind.AVAILABILITY_ZONE, id: availability_zone }]),
];

/** Refused, each, where the flavor or zone is missing or disabled. */
export const holdOfferings = (loadBalancer: Choosing): readonly TransactItem[] =>
  chosenOfferings(loadBalancer).map(({ kind, id }) => countUp(OFFERING_ROWS[kind], id, { enabled: true }));

/** Never refused. */
export const releaseOfferings = (loadBalancer: Choosing): readonly TransactItem[] =>
  chosenOfferings(loadBalancer).map(({ kind, id }) => countDown(OFFERING_ROWS[kind], id));
