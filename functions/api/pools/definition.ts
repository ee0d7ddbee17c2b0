import * as z from 'zod';
import { granularityRule } from '../../../lib/amphora/render/fields/network.ts';
import {
  LB_ALGORITHMS,
  PERSISTENCE_TYPES,
  type Pool,
  PoolProtocol,
  type SessionPersistence,
} from '../../../lib/models/objects/pool.ts';
import { validationFailure } from '../answers/refusals.ts';
import { descriptionField, enabledField, nameField, tagsField } from '../children/common-fields.ts';
import { newObject, type Place } from '../children/new-object.ts';
import { fieldsOf, shown, shownOnly } from '../fields/field.ts';
import { attributes, bool, integer, oneOf, ruled, text } from '../fields/fields.ts';
import { resourceOf } from '../fields/resource.ts';
import type { ApiSettings } from '../request/dependencies.ts';
import { referenceField, type TlsOptions, tlsFields, WITHOUT_TLS } from '../tls/options.ts';
import { idOnly } from '../views/common.ts';
import { flag, id, idsShape, string } from '../views/shapes.ts';
import { listenersOf, type PoolRelations } from './relations.ts';

/** What values depend on. */
interface Context {
  /** The TLS options of a pool that has none of its own. */
  readonly tls: TlsOptions;
  readonly former: SessionPersistence | null;
}

const { converted, optional, mandatory } = fieldsOf<Pool, Context>();

const protocol = oneOf(Object.values(PoolProtocol));
const algorithm = oneOf(LB_ALGORITHMS);
const persistenceType = oneOf(PERSISTENCE_TYPES);

const persistenceDetails = {
  cookie_name: text(255).nullish(),
  persistence_timeout: integer(0, 2_147_483_647).nullish(),
  persistence_granularity: ruled(granularityRule).nullish(),
};
const changedPersistence = attributes({ type: persistenceType.optional(), ...persistenceDetails });
type Persistence = z.infer<typeof changedPersistence>;
const newPersistence: z.ZodType<Persistence> = attributes({ type: persistenceType, ...persistenceDetails });

/** The persistence that a body asks for: all of it is new; only the type stays when it is not given. @throws ApiError 400 */
const storedPersistence = (given: Persistence, { former }: Context): SessionPersistence => {
  const type = given.type ?? former?.type;
  if (type === undefined) throw validationFailure('Field "type" must be specified for session persistence.');
  return {
    type,
    cookie_name: given.cookie_name ?? null,
    persistence_timeout: given.persistence_timeout ?? null,
    persistence_granularity: given.persistence_granularity ?? null,
  };
};

const persistenceShape = () =>
  z.strictObject({
    type: persistenceType,
    cookie_name: string().nullable(),
    persistence_timeout: z.int().nullable(),
    persistence_granularity: string().nullable(),
  });

export const POOL = resourceOf<Pool, Context, PoolRelations>()({
  argument: 'pool',
  wrapper: 'pool',
  plural: 'pools',
  schema: 'Pool',
  fields: {
    name: nameField,
    description: descriptionField,
    admin_state_up: enabledField,
    protocol: mandatory({ attribute: 'protocol', input: protocol, shape: () => protocol }),
    lb_algorithm: mandatory({ attribute: 'lb_algorithm', input: algorithm, shape: () => algorithm }),
    session_persistence: converted({
      attribute: 'session_persistence',
      input: newPersistence,
      initial: () => null,
      store: storedPersistence,
      shape: () => persistenceShape().nullable(),
      show: (stored) => stored,
      searchable: false,
    }),
    tls_enabled: optional({ attribute: 'tls_enabled', input: bool(), initial: () => false, shape: flag }),
    tls_container_ref: referenceField('tls_certificate_id'),
    ca_tls_container_ref: referenceField('ca_tls_certificate_id'),
    crl_container_ref: referenceField('crl_container_id'),
    ...tlsFields,
    tags: tagsField,
  },
  shown: {
    loadbalancers: shownOnly(idsShape, ({ load_balancer_id }) => [idOnly(load_balancer_id)]),
    listeners: shownOnly(idsShape, (pool, related) => listenersOf(pool, related?.tree ?? null).map(idOnly)),
    members: shownOnly(idsShape, (pool, related) => (related?.members.get(pool.id) ?? []).map(idOnly)),
    /** Only of a pool that has one. */
    healthmonitor_id: shown(
      () => id().optional(),
      (pool, related) => related?.tree?.health_monitors.find(({ pool_id }) => pool_id === pool.id)?.id,
    ),
  },
  hidden: { loadbalancer_id: ({ load_balancer_id }) => load_balancer_id },
});

/** Fields of PUT: absent keeps, null resets. */
export const updateFields = attributes({ ...POOL.puts, session_persistence: changedPersistence.nullish() }).omit({
  protocol: true,
});
export type UpdateFields = z.infer<typeof updateFields>;

const ownFields = attributes(POOL.posts);

/** The TLS options of a pool with TLS that has none of its own. */
const defaultTlsOptions = (settings: ApiSettings): TlsOptions => ({
  tls_ciphers: settings.defaultPoolCiphers,
  tls_versions: settings.defaultPoolTlsVersions,
  alpn_protocols: settings.defaultPoolAlpnProtocols,
});

/** The pool that the fields ask for. */
export const draftPool = (place: Place, fields: z.infer<typeof ownFields>, settings: ApiSettings): Pool => {
  const tls = fields.tls_enabled ? defaultTlsOptions(settings) : WITHOUT_TLS;
  return { ...newObject(place), ...POOL.draft(fields, { tls, former: null }) };
};

/** What a PUT changes. One that switches TLS on gives the pool the options that it lacks. */
export const poolUpdates = (fields: UpdateFields, pool: Pool, settings: ApiSettings): Partial<Pool> => {
  const tls = defaultTlsOptions(settings);
  // A null takes the protocols of ALPN away, as upstream does.
  const context = { tls: { ...tls, alpn_protocols: null }, former: pool.session_persistence };
  return {
    ...(fields.tls_enabled &&
      !pool.tls_enabled && {
        tls_ciphers: pool.tls_ciphers || tls.tls_ciphers,
        tls_versions: pool.tls_versions?.length ? pool.tls_versions : tls.tls_versions,
        alpn_protocols: pool.alpn_protocols?.length ? pool.alpn_protocols : tls.alpn_protocols,
      }),
    ...POOL.updates(fields, context),
  };
};
