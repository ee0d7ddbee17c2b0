import * as z from 'zod';
import {
  CLIENT_AUTHENTICATIONS,
  type ClientAuthentication,
  INSERT_HEADERS,
  type InsertHeader,
  type Listener,
  ListenerProtocol,
} from '../../../lib/models/objects/listener.ts';
import { invalidOption } from '../answers/refusals.ts';
import { descriptionField, enabledField, nameField, tagsField } from '../children/common-fields.ts';
import { newObject, type Place } from '../children/new-object.ts';
import type { Relations } from '../children/trees.ts';
import { fieldsOf, shownOnly } from '../fields/field.ts';
import { attributes, bool, cidr, integer, listOf, oneOf, text, textMap, uuid } from '../fields/fields.ts';
import { resourceOf } from '../fields/resource.ts';
import type { ApiSettings } from '../request/dependencies.ts';
import { referenceField, type TlsOptions, tlsFields, WITHOUT_TLS } from '../tls/options.ts';
import { idOnly } from '../views/common.ts';
import { count, flag, id, idsShape, many, port, string } from '../views/shapes.ts';

/** What defaults depend on. */
interface Context {
  readonly settings: ApiSettings;
  /** The TLS options of a listener that has none of its own. */
  readonly tls: TlsOptions;
}

const { converted, optional, mandatory } = fieldsOf<Listener, Context>();

/** 24 days in milliseconds, the longest haproxy takes. */
const timeout = integer(0, 2_073_600_000);
const MOST = 2_147_483_647;

const authentication = oneOf(CLIENT_AUTHENTICATIONS);
const protocol = oneOf(Object.values(ListenerProtocol));

const isHeader = (name: string): name is InsertHeader => INSERT_HEADERS.some((header) => header === name);

/** Headers by their known names, as written; those that say true, in any case, are inserted. @throws ApiError 400 another name */
const insertHeaders = (given: Readonly<Record<string, string>>): Listener['insert_headers'] => {
  const headers: Partial<Record<InsertHeader, string>> = {};
  for (const [name, value] of Object.entries(given)) {
    if (!isHeader(name)) throw invalidOption(name, 'insert_headers');
    headers[name] = value;
  }
  return headers;
};

export const LISTENER = resourceOf<Listener, Context, Relations>()({
  argument: 'listener',
  wrapper: 'listener',
  plural: 'listeners',
  schema: 'Listener',
  fields: {
    name: nameField,
    description: descriptionField,
    admin_state_up: enabledField,
    protocol: mandatory({ attribute: 'protocol', input: protocol, shape: () => protocol }),
    protocol_port: mandatory({ attribute: 'protocol_port', input: integer(1, 65_535), shape: port }),
    connection_limit: optional({
      attribute: 'connection_limit',
      input: integer(-1, MOST),
      initial: () => -1,
      shape: () => z.int().min(-1),
    }),
    default_pool_id: optional({
      attribute: 'default_pool_id',
      input: uuid(),
      initial: () => null,
      shape: () => id().nullable(),
    }),
    default_tls_container_ref: referenceField('tls_certificate_id'),
    sni_container_refs: converted({
      attribute: 'sni_containers',
      input: listOf(text(255)),
      initial: () => [],
      store: (given) => [...new Set(given)],
      shape: () => many(string()),
      show: (stored) => stored,
      searchable: false,
    }),
    client_ca_tls_container_ref: referenceField('client_ca_tls_certificate_id'),
    client_authentication: optional({
      attribute: 'client_authentication',
      input: authentication,
      initial: (): ClientAuthentication => 'NONE',
      shape: () => authentication,
    }),
    client_crl_container_ref: referenceField('client_crl_container_id'),
    insert_headers: converted({
      attribute: 'insert_headers',
      input: textMap(255),
      initial: () => ({}),
      store: insertHeaders,
      shape: () => z.partialRecord(z.enum(INSERT_HEADERS), string()),
      show: (stored) => stored,
      searchable: false,
    }),
    timeout_client_data: optional({
      attribute: 'timeout_client_data',
      input: timeout,
      initial: ({ settings }) => settings.timeoutClientData,
      shape: count,
    }),
    timeout_member_connect: optional({
      attribute: 'timeout_member_connect',
      input: timeout,
      initial: ({ settings }) => settings.timeoutMemberConnect,
      shape: count,
    }),
    timeout_member_data: optional({
      attribute: 'timeout_member_data',
      input: timeout,
      initial: ({ settings }) => settings.timeoutMemberData,
      shape: count,
    }),
    timeout_tcp_inspect: optional({
      attribute: 'timeout_tcp_inspect',
      input: timeout,
      initial: ({ settings }) => settings.timeoutTcpInspect,
      shape: count,
    }),
    allowed_cidrs: converted({
      attribute: 'allowed_cidrs',
      input: listOf(cidr()),
      initial: () => [],
      store: (given) => [...new Set(given)],
      shape: () => many(string()).nullable(),
      show: (stored) => (stored.length === 0 ? null : stored),
      searchable: false,
    }),
    hsts_max_age: optional({
      attribute: 'hsts_max_age',
      input: integer(0, MOST),
      initial: () => null,
      shape: () => z.int().nullable(),
    }),
    hsts_include_subdomains: optional({
      attribute: 'hsts_include_subdomains',
      input: bool(),
      initial: () => false,
      shape: flag,
    }),
    hsts_preload: optional({ attribute: 'hsts_preload', input: bool(), initial: () => false, shape: flag }),
    ...tlsFields,
    tags: tagsField,
  },
  shown: {
    loadbalancers: shownOnly(idsShape, ({ load_balancer_id }) => [idOnly(load_balancer_id)]),
    l7policies: shownOnly(idsShape, (listener, related) =>
      (related?.l7_policies ?? [])
        .filter(({ listener_id }) => listener_id === listener.id)
        .sort((left, right) => left.position - right.position)
        .map(({ id }) => idOnly(id)),
    ),
  },
  hidden: { loadbalancer_id: ({ load_balancer_id }) => load_balancer_id },
});

const ownFields = attributes(LISTENER.posts);
type OwnFields = z.infer<typeof ownFields>;

/** Fields of PUT: absent keeps, null resets. */
export const updateFields = attributes(LISTENER.puts).omit({ protocol: true, protocol_port: true });

/** The TLS options of a listener that has none of its own. */
export const defaultTlsOptions = (settings: ApiSettings): TlsOptions => ({
  tls_ciphers: settings.defaultListenerCiphers,
  tls_versions: settings.defaultListenerTlsVersions,
  alpn_protocols: settings.defaultListenerAlpnProtocols,
});

/** The listener that the fields ask for; the commit gives it its peer port. */
export const draftListener = (place: Place, fields: OwnFields, settings: ApiSettings): Listener => {
  const tls = fields.protocol === 'TERMINATED_HTTPS' ? defaultTlsOptions(settings) : WITHOUT_TLS;
  return { ...newObject(place), ...LISTENER.draft(fields, { settings, tls }), peer_port: 0 };
};
