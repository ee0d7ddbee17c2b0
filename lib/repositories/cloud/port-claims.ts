import * as z from 'zod';
import { VipPortTakenError } from '../../errors/flow.ts';
import { vipDeviceId } from '../../models/names.ts';
import type { LoadBalancer } from '../../models/objects/load-balancer.ts';
import { portClaimKey } from '../table/keys.ts';
import { inTable, type TransactItem } from '../table/transact.ts';

/*
 * A tenant's own port carries one load balancer: nothing in Neutron keeps a second one away. It is claimed from the commit
 * to the settlement of the deletion, each in one transaction with the load balancer's own row.
 */

type Claiming = Pick<LoadBalancer, 'id' | 'vip'>;

/** Refused when another load balancer has the port. Nothing for a port of ours. */
export const claimPort = ({ id, vip }: Claiming): readonly TransactItem[] =>
  vip.octavia_owned
    ? []
    : [
        {
          Put: {
            ...inTable(),
            Item: { ...portClaimKey(vip.port_id), loadbalancer_id: id },
            ConditionExpression: 'attribute_not_exists(pk) OR loadbalancer_id = :id',
            ExpressionAttributeValues: { ':id': id },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          },
        },
      ];

/** Never refused. */
export const releasePort = ({ vip }: Claiming): readonly TransactItem[] =>
  vip.octavia_owned ? [] : [{ Delete: { ...inTable(), Key: portClaimKey(vip.port_id) } }];

const claim = z.object({ loadbalancer_id: z.string() });

/** What refuses a claim. @param found the row that was in its way */
export const portTaken = ({ vip }: Claiming, found: unknown): VipPortTakenError =>
  new VipPortTakenError(vip.port_id, vipDeviceId(claim.parse(found).loadbalancer_id));
