import * as z from 'zod';
import { FlavorOrZoneKind } from '../../../lib/models/flavors-and-zones.ts';
import { Topology } from '../../../lib/models/objects/load-balancer.ts';
import { invalidOption, unsupportedOption } from '../answers/refusals.ts';

const word = () => z.string().min(1, { error: 'is too short' });

/** What a flavor profile may say. The last two are known and not to be had: only their absence can be asked for. */
const flavorData = z.strictObject({
  loadbalancer_topology: z.enum(Topology).optional(),
  compute_flavor: word().optional(),
  amp_image_tag: word().optional(),
  sriov_vip: z.boolean().optional(),
  allow_member_sriov: z.boolean().optional(),
});
export type FlavorData = z.infer<typeof flavorData>;

/** What an availability zone profile may say. The last one is known and not to be had. */
const zoneData = z.strictObject({
  compute_zone: word().optional(),
  management_network: word().optional(),
  valid_vip_networks: z.array(word()).optional(),
  volume_zone: z.string().optional(),
});
export type ZoneData = z.infer<typeof zoneData>;

/** The keys that profiles can be made of, with the descriptions that upstream gives them, which clients filter by. */
export const CAPABILITIES = Object.freeze({
  flavor: {
    loadbalancer_topology:
      'The load balancer topology. One of: SINGLE - One amphora per load balancer. ' +
      'ACTIVE_STANDBY - Two amphora per load balancer.',
    compute_flavor: 'The compute driver flavor ID.',
    amp_image_tag: 'The amphora image tag.',
  },
  availability_zone: {
    compute_zone: 'The compute availability zone.',
    management_network: 'The management network ID for the amphora.',
    valid_vip_networks: 'List of network IDs that are allowed for VIP use, instead of those of the deployment.',
  },
} satisfies Readonly<Record<FlavorOrZoneKind, Readonly<Record<string, string>>>>);

const shown = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : JSON.stringify(value));

/** What is wrong, in the words of JSON schema. */
const problemOf = (issue: z.core.$ZodIssue): string => {
  if (issue.code === 'unrecognized_keys') {
    const verb = issue.keys.length > 1 ? 'were' : 'was';
    return `Additional properties are not allowed (${issue.keys.map(shown).join(', ')} ${verb} unexpected)`;
  }
  const [option] = issue.path;
  const subject = `${option === undefined ? '' : `${String(option)} `}${shown(issue.input)}`;
  if (issue.code === 'invalid_value') return `${subject} is not one of [${issue.values.map(shown).join(', ')}]`;
  if (issue.code === 'invalid_type') return `${subject} is not of type '${issue.expected}'`;
  return `${subject} ${issue.message}`;
};

const checked = <Data>(schema: z.ZodType<Data>, given: unknown, provider: string): Data => {
  const parsed = schema.safeParse(given, { reportInput: true });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw unsupportedOption(provider, issue === undefined ? 'malformed' : problemOf(issue));
};

/** @throws ApiError 501 naming what the provider does not take */
export const readFlavorData = (given: unknown, provider: string): FlavorData => {
  const data = checked(flavorData, given, provider);
  if (data.sriov_vip) throw unsupportedOption(provider, 'sriov_vip');
  if (data.allow_member_sriov) throw unsupportedOption(provider, 'allow_member_sriov');
  return data;
};

/** @throws ApiError 501 naming what the provider does not take */
export const readZoneData = (given: unknown, provider: string): ZoneData => {
  const data = checked(zoneData, given, provider);
  if (data.volume_zone !== undefined) throw unsupportedOption(provider, 'volume_zone');
  return data;
};

/** @param field what holds the text @throws ApiError 400 it is no JSON */
export const parseData = (text: string, field: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidOption(text, field);
  }
};

export type ProfileData =
  | { readonly kind: typeof FlavorOrZoneKind.FLAVOR; readonly data: FlavorData }
  | { readonly kind: typeof FlavorOrZoneKind.AVAILABILITY_ZONE; readonly data: ZoneData };

/** A profile's text as the provider understands it. @throws ApiError 400, 501 */
export const readData = (kind: FlavorOrZoneKind, text: string, field: string, provider: string): ProfileData => {
  const given = parseData(text, field);
  return kind === FlavorOrZoneKind.FLAVOR
    ? { kind, data: readFlavorData(given, provider) }
    : { kind, data: readZoneData(given, provider) };
};
