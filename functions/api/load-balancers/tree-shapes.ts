import * as z from 'zod';
import { OperatingStatus, ProvisioningStatus } from '../../../lib/models/statuses.ts';
import { HEALTH_MONITOR } from '../health-monitors/definition.ts';
import { L7_POLICY } from '../l7-policies/definition.ts';
import { L7_RULE } from '../l7-rules/definition.ts';
import { LISTENER } from '../listeners/definition.ts';
import { MEMBER } from '../members/definition.ts';
import { POOL } from '../pools/definition.ts';
import { id, many } from '../views/shapes.ts';
import { LOAD_BALANCER } from './definition.ts';

const fullMonitorShape = HEALTH_MONITOR.shape().omit({ pools: true }).meta({ id: 'FullHealthMonitor' });
export type FullMonitorView = z.infer<typeof fullMonitorShape>;

const fullPoolShape = POOL.shape()
  .omit({ loadbalancers: true, healthmonitor_id: true })
  .extend({ members: many(MEMBER.shape()), healthmonitor: fullMonitorShape.nullable() })
  .meta({ id: 'FullPool' });
export type FullPoolView = z.infer<typeof fullPoolShape>;

const fullPolicyShape = L7_POLICY.shape()
  .extend({ rules: many(L7_RULE.shape()) })
  .meta({ id: 'FullL7Policy' });
export type FullPolicyView = z.infer<typeof fullPolicyShape>;

const fullListenerShape = LISTENER.shape()
  .omit({ loadbalancers: true })
  .extend({ l7policies: many(fullPolicyShape) })
  .meta({ id: 'FullListener' });
export type FullListenerView = z.infer<typeof fullListenerShape>;

/** A load balancer as POST shows it: with all that hangs on it. */
export const fullLoadBalancerShape = z
  .strictObject({ ...LOAD_BALANCER.shape().shape, listeners: many(fullListenerShape), pools: many(fullPoolShape) })
  .meta({ id: 'FullLoadBalancer' });
export type FullLoadBalancerView = z.infer<typeof fullLoadBalancerShape>;

const statusShape = z.strictObject({
  id: id(),
  name: z.string(),
  provisioning_status: z.enum(ProvisioningStatus),
  operating_status: z.enum(OperatingStatus),
});
export type StatusView = z.infer<typeof statusShape>;

const poolStatusShape = z.strictObject({
  ...statusShape.shape,
  health_monitor: z.strictObject({ ...statusShape.shape, type: z.string() }).nullable(),
  members: many(z.strictObject({ ...statusShape.shape, address: z.string(), protocol_port: z.int() })),
});
export type PoolStatusView = z.infer<typeof poolStatusShape>;

/** The tree of statuses. */
export const statusTreeShape = z
  .strictObject({
    loadbalancer: z.strictObject({
      ...statusShape.shape,
      listeners: many(z.strictObject({ ...statusShape.shape, pools: many(poolStatusShape) })),
    }),
  })
  .meta({ id: 'StatusTree' });
export type StatusTreeView = z.infer<typeof statusTreeShape>;
