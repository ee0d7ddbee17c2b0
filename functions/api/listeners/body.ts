import type * as z from 'zod';
import { ListenerProtocol } from '../../../lib/models/listener.ts';
import { commonCreateFields, commonUpdateFields } from '../children/common-fields.ts';
import { attributes, bool, cidr, integer, listOf, oneOf, text, textMap, uuid } from '../fields/fields.ts';
import { tlsOptionFields } from '../tls/options.ts';

/** 24 days, the longest haproxy takes. */
const MOST_MILLISECONDS = 2_073_600_000;
const MOST = 2_147_483_647;

const timeout = () => integer(0, MOST_MILLISECONDS);

/** Fields that can be changed. */
const changeable = {
  description: text(255).nullish(),
  connection_limit: integer(-1, MOST).nullish(),
  default_pool_id: uuid().nullish(),
  default_tls_container_ref: text(255).nullish(),
  sni_container_refs: listOf(text(255)).nullish(),
  client_ca_tls_container_ref: text(255).nullish(),
  client_authentication: oneOf(['NONE', 'OPTIONAL', 'MANDATORY']).nullish(),
  client_crl_container_ref: text(255).nullish(),
  insert_headers: textMap(255).nullish(),
  timeout_client_data: timeout().nullish(),
  timeout_member_connect: timeout().nullish(),
  timeout_member_data: timeout().nullish(),
  timeout_tcp_inspect: timeout().nullish(),
  allowed_cidrs: listOf(cidr()).nullish(),
  hsts_max_age: integer(0, MOST).nullish(),
  hsts_include_subdomains: bool().nullish(),
  hsts_preload: bool().nullish(),
  ...tlsOptionFields,
};

/** Fields of a new listener that say neither whose it is nor what comes with it. */
export const listenerFields = {
  ...commonCreateFields,
  ...changeable,
  protocol: oneOf([
    ListenerProtocol.TCP,
    ListenerProtocol.HTTP,
    ListenerProtocol.HTTPS,
    ListenerProtocol.TERMINATED_HTTPS,
    ListenerProtocol.UDP,
    ListenerProtocol.SCTP,
    ListenerProtocol.PROMETHEUS,
  ]),
  protocol_port: integer(1, 65_535),
};

const unplaced = attributes(listenerFields);
export type ListenerFields = z.infer<typeof unplaced>;

/** Fields of PUT: absent keeps, null resets. */
export const updateFields = attributes({ ...commonUpdateFields, ...changeable });
export type UpdateFields = z.infer<typeof updateFields>;

/** What upstream's messages call the two bodies. */
export const WRAPPING = { argument: 'listener', wrapper: 'listener' } as const;
