import { CHOICES, MISSING_ID } from '../world.ts';
import { type Source, spoil } from './bodies.ts';
import type { Kind, Known } from './model.ts';
import { listQuery } from './queries.ts';
import type { Draft } from './steps.ts';
import { boolean } from './values.ts';

const ROOT = '/v2.0/lbaas';

const PATHS = {
  flavorprofile: 'flavorprofiles',
  flavor: 'flavors',
  availability_zone_profile: 'availabilityzoneprofiles',
  availability_zone: 'availabilityzones',
} as const;
type OperatorKind = keyof typeof PATHS;

const FLAVOR_DATA = [
  '{"loadbalancer_topology": "SINGLE"}',
  '{"loadbalancer_topology": "ACTIVE_STANDBY"}',
  `{"compute_flavor": "${CHOICES.flavors[0]}"}`,
  '{"compute_flavor": "missing"}',
  `{"amp_image_tag": "${CHOICES.images[0]}"}`,
  '{"loadbalancer_topology": "MANY"}',
  '{"surplus": 1}',
  '{}',
  'text',
  '[]',
];
const ZONE_DATA = [
  `{"compute_zone": "${CHOICES.zones[0]}"}`,
  '{"compute_zone": "missing"}',
  '{"surplus": 1}',
  '{}',
  'text',
];

const nameOf = (known: Known | undefined): string => String(known?.fields.id ?? MISSING_ID);
const any = ({ random, model }: Source, kind: Kind): Known | undefined => {
  const known = model.all(kind);
  if (known.length > 0 && !random.odd(0.05)) return random.pick(known);
  random.oddities = 0;
  return undefined;
};

const body = (source: Source, kind: OperatorKind): Record<string, unknown> => {
  const { random, unique } = source;
  const name = random.chance(0.9) ? unique() : 'twice';
  const shown = {
    ...(random.chance(0.4) && { description: 'text' }),
    ...(random.chance(0.4) && { enabled: boolean(random) }),
  };
  const provider_name = random.odd(0.1) ? 'noop' : random.pick(['amphora', 'octavia']);
  switch (kind) {
    case 'flavorprofile':
      return { name, provider_name, flavor_data: random.pick(random.odd(0.3) ? FLAVOR_DATA : FLAVOR_DATA.slice(0, 2)) };
    case 'availability_zone_profile':
      return {
        name,
        provider_name,
        availability_zone_data: random.pick(random.odd(0.3) ? ZONE_DATA : ZONE_DATA.slice(0, 1)),
      };
    case 'flavor':
      return { name, flavor_profile_id: nameOf(any(source, 'flavorprofile')), ...shown };
    default:
      return { name, availability_zone_profile_id: nameOf(any(source, 'availability_zone_profile')), ...shown };
  }
};

const changes = (source: Source, kind: OperatorKind): Record<string, unknown> => {
  const names = Object.entries(body(source, kind));
  return Object.fromEntries(source.random.some(names));
};

/** What operators ask for: flavors, availability zones and their profiles, providers, amphorae. */
export const operatorRequest = (source: Source): Draft => {
  const { random } = source;
  const as = random.weighted([
    [9, 'admin' as const],
    [1, 'member' as const],
  ]);
  random.oddities = as === 'admin' ? 1 : 0;
  const kind = random.weighted<OperatorKind>([
    [3, 'flavorprofile'],
    [3, 'flavor'],
    [2, 'availability_zone_profile'],
    [2, 'availability_zone'],
  ]);
  const collection = `${ROOT}/${PATHS[kind]}`;
  const known = any(source, kind);
  const path = `${collection}/${kind === 'availability_zone' ? String(known?.fields.name ?? 'missing') : nameOf(known)}`;
  const spoiled = (fields: Record<string, unknown>) => ({
    [kind]: random.odd(0.2) ? spoil(random, fields) : fields,
  });
  return random.weighted<() => Draft>([
    [8, () => ({ method: 'POST', path: collection, as, body: spoiled(body(source, kind)) })],
    [4, () => ({ method: 'PUT', path, as, body: spoiled(changes(source, kind)) })],
    [2, () => ({ method: 'DELETE', path, as })],
    [2, () => ({ method: 'GET', path })],
    [2, () => ({ method: 'GET', path: collection, as, query: listQuery(source, kind) })],
    [1, () => ({ method: 'GET', path: `${ROOT}/providers` })],
    [
      1,
      () => ({
        method: 'GET',
        path: `${ROOT}/providers/${random.pick(['amphora', 'octavia', 'noop'])}/flavor_capabilities`,
        as,
      }),
    ],
    [1, () => ({ method: 'GET', path: `${ROOT}/providers/amphora/availability_zone_capabilities`, as })],
    [1, () => ({ method: 'GET', path: '/v2.0/octavia/amphorae', as })],
    [1, () => ({ method: 'GET', path: `/v2.0/octavia/amphorae/${MISSING_ID}`, as })],
  ])();
};
