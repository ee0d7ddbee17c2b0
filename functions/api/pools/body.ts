import type * as z from 'zod';
import { granularityRule } from '../../../lib/amphora/render/fields/network.ts';
import { PoolProtocol } from '../../../lib/models/pool.ts';
import { commonCreateFields, commonUpdateFields } from '../children/common-fields.ts';
import { attributes, bool, integer, listOf, oneOf, ruled, text, uuid } from '../fields/fields.ts';
import { healthMonitorFields } from '../health-monitors/body.ts';
import { nestedFields as memberFields } from '../members/body.ts';
import { tlsOptionFields } from '../tls/options.ts';

const algorithm = () => oneOf(['ROUND_ROBIN', 'LEAST_CONNECTIONS', 'SOURCE_IP', 'SOURCE_IP_PORT']);
const persistenceType = () => oneOf(['SOURCE_IP', 'HTTP_COOKIE', 'APP_COOKIE']);

const persistenceDetails = {
  cookie_name: text(255).nullish(),
  persistence_timeout: integer(0, 2_147_483_647).nullish(),
  persistence_granularity: ruled(granularityRule).nullish(),
};

const changeable = {
  description: text(255).nullish(),
  tls_enabled: bool().nullish(),
  tls_container_ref: text(255).nullish(),
  ca_tls_container_ref: text(255).nullish(),
  crl_container_ref: text(255).nullish(),
  ...tlsOptionFields,
};

/** Fields of a pool that do not say whose it is, with those of what comes with it. */
export const poolFields = {
  ...commonCreateFields,
  ...changeable,
  protocol: oneOf([
    PoolProtocol.TCP,
    PoolProtocol.HTTP,
    PoolProtocol.HTTPS,
    PoolProtocol.PROXY,
    PoolProtocol.PROXYV2,
    PoolProtocol.UDP,
    PoolProtocol.SCTP,
  ]),
  lb_algorithm: algorithm(),
  session_persistence: attributes({ type: persistenceType(), ...persistenceDetails }).nullish(),
  members: listOf(memberFields).nullish(),
  healthmonitor: attributes(healthMonitorFields).nullish(),
};

/** Fields of POST. */
export const createFields = attributes({
  ...poolFields,
  loadbalancer_id: uuid().nullish(),
  listener_id: uuid().nullish(),
});
const unplaced = attributes(poolFields);
export type PoolFields = z.infer<typeof unplaced>;

/** Fields of PUT: absent keeps, null resets. */
export const updateFields = attributes({
  ...commonUpdateFields,
  ...changeable,
  lb_algorithm: algorithm().optional(),
  session_persistence: attributes({ type: persistenceType().optional(), ...persistenceDetails }).nullish(),
});
export type UpdateFields = z.infer<typeof updateFields>;

/** What upstream's messages call the two bodies. */
export const WRAPPING = { argument: 'pool', wrapper: 'pool' } as const;
