import type { Amphora } from '../../../models/objects/amphora.ts';
import type { LoadBalancer } from '../../../models/objects/load-balancer.ts';
import { interfaceRule, pathRule, uuidRule, vrrpPasswordRule } from '../fields/identity.ts';
import { refuse, type Subject, whole, word } from '../guard.ts';
import { EMPTY, type SafeText, safeText, text, toFile } from '../text.ts';
import { addressWord, blockWord, familyOf } from './vips.ts';

/** An address of the load balancer and its subnet. */
export interface VipSubnet {
  readonly ipAddress: string;
  readonly subnetCidr: string;
  readonly gateway: string | null;
  readonly hostRoutes: readonly { readonly destination: string; readonly nexthop: string }[];
}

/** Times in seconds. */
export interface VrrpOptions {
  readonly basePath: string;
  /** @default 5 */
  readonly checkInterval?: number;
  /** Failed checks until the amphora gives the VIP up. @default 2 */
  readonly checkFallCount?: number;
  /** @default 2 */
  readonly checkRiseCount?: number;
  /** @default 5 */
  readonly garpRefreshInterval?: number;
  /** @default 2 */
  readonly garpRefreshCount?: number;
}

export interface VrrpInput {
  readonly loadBalancer: LoadBalancer;
  /** The amphora the text is for; its interface, VRRP address and priority must be known. */
  readonly amphora: Amphora;
  /** All amphorae of the load balancer; the ALLOCATED ones with another VRRP address are its peers. */
  readonly amphorae: readonly Amphora[];
  /** The VIP first; the order of the additional ones does not matter. */
  readonly vips: readonly VipSubnet[];
  readonly options: VrrpOptions;
}

/** The routing table that traffic of the VIP uses. */
const TABLE = 1;

/** A block of directives; an empty line stays empty. */
const block = (name: SafeText, lines: readonly SafeText[]): SafeText[] => [
  text`${name} {`,
  ...lines.map((line) => (line === EMPTY ? line : text`    ${line}`)),
  text`}`,
];

const routesOf = (vip: VipSubnet, device: SafeText, subject: Subject): SafeText[] => {
  const address = addressWord(subject, 'vip_address', vip.ipAddress);
  const subnet = blockWord(subject, 'vip_subnet', vip.subnetCidr);
  const routes = [text`${subnet} dev ${device} src ${address} scope link table ${TABLE}`];
  if (vip.gateway !== null) {
    const gateway = addressWord(subject, 'vip_gateway', vip.gateway);
    routes.push(text`default via ${gateway} dev ${device} onlink table ${TABLE}`);
  }
  for (const route of vip.hostRoutes) {
    const destination = blockWord(subject, 'vip_host_routes', route.destination);
    const nexthop = addressWord(subject, 'vip_host_routes', route.nexthop);
    routes.push(text`${destination} dev ${device} gateway ${nexthop} onlink table ${TABLE}`);
  }
  return routes;
};

const ruleOf = (vip: VipSubnet, subject: Subject): SafeText => {
  const address = addressWord(subject, 'vip_address', vip.ipAddress);
  const bits = familyOf(vip.ipAddress) === 'ipv6' ? 128 : 32;
  return text`from ${address}/${bits} table ${TABLE} priority 100`;
};

const inOrder = (vips: readonly VipSubnet[]): readonly VipSubnet[] => {
  const [primary, ...additional] = vips;
  const sorted = additional.toSorted((a, b) => (a.ipAddress < b.ipAddress ? -1 : 1));
  return primary === undefined ? [] : [primary, ...sorted];
};

const peersOf = (input: VrrpInput): readonly SafeText[] =>
  input.amphorae
    .filter((other) => other.status === 'ALLOCATED' && other.vrrp_ip !== null)
    .filter((other) => other.vrrp_ip !== input.amphora.vrrp_ip)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((other) => addressWord({ kind: 'amphora', id: other.id }, 'vrrp_ip', other.vrrp_ip));

/**
 * The keepalived configuration that moves the VIP between the amphorae of an ACTIVE_STANDBY load balancer. There is no
 * initial state in it and no preemption, so that a rebuilt amphora does not take the traffic back.
 * @throws UnrenderableValueError
 */
export const renderVrrp = (input: VrrpInput): string => {
  const { loadBalancer, amphora, options } = input;
  const subject: Subject = { kind: 'load balancer', id: loadBalancer.id };
  const own: Subject = { kind: 'amphora', id: amphora.id };
  const setting: Subject = { kind: 'setting', id: 'keepalived_vrrp' };
  const group = loadBalancer.vrrp_group ?? refuse(subject, 'vrrp_group', 'is missing');
  const device = word(own, 'vrrp_interface', amphora.vrrp_interface, interfaceRule);
  const source = addressWord(own, 'vrrp_ip', amphora.vrrp_ip);
  const vips = inOrder(input.vips);
  const addresses = (same: boolean): SafeText[] =>
    vips
      .filter((vip) => (familyOf(vip.ipAddress) === familyOf(source)) === same)
      .map((vip) => addressWord(subject, 'vip_address', vip.ipAddress));
  const number = (field: string, value: number): number => whole(setting, field, value, 1, 3600);
  const name = safeText(word(subject, 'id', loadBalancer.id, uuidRule).replaceAll('-', ''));
  const excluded = addresses(false);
  const instance = [
    text`interface ${device}`,
    text`virtual_router_id ${whole(own, 'vrrp_id', amphora.vrrp_id ?? 1, 1, 255)}`,
    text`priority ${whole(own, 'vrrp_priority', amphora.vrrp_priority ?? Number.NaN, 1, 254)}`,
    text`nopreempt`,
    text`accept`,
    text`garp_master_refresh ${number('garp_refresh_interval', options.garpRefreshInterval ?? 5)}`,
    text`garp_master_refresh_repeat ${number('garp_refresh_count', options.garpRefreshCount ?? 2)}`,
    text`advert_int ${whole(subject, 'advert_int', group.advert_int, 1, 255)}`,
    ...block(text`authentication`, [
      text`auth_type PASS`,
      text`auth_pass ${word(subject, 'vrrp_auth_pass', group.vrrp_auth_pass, vrrpPasswordRule)}`,
    ]),
    EMPTY,
    text`unicast_src_ip ${source}`,
    ...block(text`unicast_peer`, peersOf(input)),
    EMPTY,
    ...block(text`virtual_ipaddress`, addresses(true)),
    ...(excluded.length > 0 ? block(text`virtual_ipaddress_excluded`, excluded) : []),
    EMPTY,
    ...block(
      text`virtual_routes`,
      vips.flatMap((vip) => routesOf(vip, device, subject)),
    ),
    EMPTY,
    ...block(
      text`virtual_rules`,
      vips.map((vip) => ruleOf(vip, subject)),
    ),
    EMPTY,
    ...block(text`track_script`, [text`check_script`]),
  ];
  return toFile([
    // Without a name of its own keepalived asks a name server for one, which it cannot reach from where it runs.
    ...block(text`global_defs`, [text`router_id ${word(own, 'id', amphora.id, uuidRule)}`]),
    EMPTY,
    ...block(text`vrrp_script check_script`, [
      text`script ${word(setting, 'base_path', options.basePath, pathRule)}/vrrp/check_script.sh`,
      text`interval ${number('vrrp_check_interval', options.checkInterval ?? 5)}`,
      text`fall ${number('vrrp_fail_count', options.checkFallCount ?? 2)}`,
      text`rise ${number('vrrp_success_count', options.checkRiseCount ?? 2)}`,
    ]),
    EMPTY,
    ...block(text`vrrp_instance ${name}`, instance),
  ]);
};
