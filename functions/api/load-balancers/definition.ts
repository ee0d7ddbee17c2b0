import * as z from 'zod';
import type { NewLoadBalancer } from '../../../lib/repositories/locks/commits.ts';
import type { ChildReferences } from '../../../lib/repositories/objects/child-references.ts';
import { descriptionField, enabledField, nameField, projectFields, tagsField } from '../children/common-fields.ts';
import { newState } from '../children/new-object.ts';
import { fieldsOf, shown, shownOnly } from '../fields/field.ts';
import { attributes, bool, text, uuid } from '../fields/fields.ts';
import { resourceOf } from '../fields/resource.ts';
import { graphFields } from '../graph/body.ts';
import { idOnly } from '../views/common.ts';
import { id, idsShape, many, networkId, string } from '../views/shapes.ts';
import { additionalFields, placeFields, protectionFields } from '../vip/fields.ts';
import type { ResolvedVip } from '../vip/vip.ts';
import type { Choice } from './choice.ts';

const { converted } = fieldsOf<NewLoadBalancer>();

/** Rows without a provider are the amphora provider's, under its old name. */
const UNNAMED_PROVIDER = 'octavia';

export const LOAD_BALANCER = resourceOf<NewLoadBalancer, unknown, ChildReferences>()({
  argument: 'load_balancer',
  wrapper: 'loadbalancer',
  plural: 'loadbalancers',
  schema: 'LoadBalancer',
  fields: {
    name: nameField,
    description: descriptionField,
    admin_state_up: enabledField,
    tags: tagsField,
    flavor_id: converted({
      attribute: 'flavor_id',
      input: uuid(),
      initial: () => null,
      store: (given) => given || null,
      shape: () => id().nullable(),
      show: (stored) => stored,
    }),
    availability_zone: converted({
      attribute: 'availability_zone',
      input: text(255),
      initial: () => null,
      store: (given) => given || null,
      shape: () => string().nullable(),
      show: (stored) => stored,
    }),
    deletion_protected: converted({
      attribute: 'deletion_protected',
      input: bool(),
      initial: () => false,
      store: (given) => given,
      /** There where it is true: clients of upstream do not know it. */
      shape: () => z.literal(true).optional(),
      show: (stored) => stored || undefined,
      searchable: false,
    }),
  },
  shown: {
    vip_address: shown(string, ({ vip }) => vip.ip_address),
    vip_port_id: shown(networkId, ({ vip }) => vip.port_id),
    vip_subnet_id: shown(networkId, ({ vip }) => vip.subnet_id),
    vip_network_id: shown(networkId, ({ vip }) => vip.network_id),
    vip_qos_policy_id: shown(
      () => networkId().nullable(),
      ({ vip }) => vip.qos_policy_id,
    ),
    vip_vnic_type: shown(
      () => z.enum(['normal', 'direct']),
      ({ vip }) => vip.vnic_type,
    ),
    vip_sg_ids: shownOnly(
      () => many(networkId()),
      ({ vip }) => vip.sg_ids,
    ),
    additional_vips: shownOnly(
      () => many(z.strictObject({ subnet_id: networkId(), ip_address: string(), port_id: networkId() })),
      ({ additional_vips }) =>
        additional_vips.map(({ subnet_id, ip_address, port_id }) => ({ subnet_id, ip_address, port_id })),
    ),
    provider: shown(string, ({ provider }) => provider || UNNAMED_PROVIDER),
    listeners: shownOnly(idsShape, (_row, children) => (children?.listeners ?? []).map(idOnly)),
    pools: shownOnly(idsShape, (_row, children) => (children?.pools ?? []).map(idOnly)),
  },
  hidden: {},
});

const { name, description, admin_state_up, ...last } = LOAD_BALANCER.posts;

/** Fields of POST, in upstream's order: of two mistakes the first one is reported. */
export const createFields = attributes({
  name,
  description,
  admin_state_up,
  ...placeFields,
  ...protectionFields,
  ...projectFields,
  provider: text(64).nullish(),
  ...last,
  ...additionalFields,
  ...graphFields,
});
export type CreateFields = z.infer<typeof createFields>;

/** Fields of PUT: absent keeps, null resets. */
export const updateFields = attributes({ ...LOAD_BALANCER.puts, ...protectionFields }).omit({
  flavor_id: true,
  availability_zone: true,
});

/** The load balancer that the fields ask for, before its VIP has a port. */
export const draftLoadBalancer = (
  id: string,
  projectId: string,
  fields: CreateFields,
  vip: ResolvedVip,
  { provider, settings, amphoraOptions }: Choice,
): NewLoadBalancer => ({
  id,
  project_id: projectId,
  ...newState(),
  ...LOAD_BALANCER.draft(fields, null),
  topology: settings.loadbalancerTopology,
  provider,
  amphora_options: amphoraOptions,
  server_group_id: null,
  vip: {
    ip_address: vip.ip_address,
    port_id: '',
    subnet_id: vip.subnet_id,
    network_id: vip.network_id,
    qos_policy_id: vip.qos_policy_id,
    octavia_owned: vip.port === null,
    vnic_type: 'normal',
    sg_ids: vip.sg_ids,
    former_sg_ids: vip.port?.securityGroupIds ?? [],
  },
  additional_vips: vip.additional.map((further) => ({ ...further, port_id: '', network_id: vip.network_id })),
  vrrp_group: null,
  security_group_id: null,
});
