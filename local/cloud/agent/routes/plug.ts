import ipaddr from 'ipaddr.js';
import * as z from 'zod';
import { json } from '../../http/body.ts';
import { type Route, openRoute as route } from '../../http/router.ts';
import type { Amphora } from '../amphora.ts';
import type { Nic } from '../memory.ts';
import { ok, problem } from './replies.ts';

const hostRoutes = z.array(z.object({ destination: z.string(), nexthop: z.string() })).optional();
const address = z.object({
  ip_address: z.string(),
  subnet_cidr: z.string(),
  gateway: z.string().nullable().optional(),
  host_routes: hostRoutes,
});

const plugVip = z.object({
  subnet_cidr: z.string(),
  gateway: z.string().nullable(),
  mac_address: z.string(),
  mtu: z.int().nullable().optional(),
  vrrp_ip: z.string().nullable().optional(),
  host_routes: hostRoutes,
  additional_vips: z.array(address).optional(),
  is_sriov: z.boolean().optional(),
});

const plugNetwork = z.object({
  mac_address: z.string(),
  fixed_ips: z.array(address).nullable().optional(),
  mtu: z.int().nullable().optional(),
  is_sriov: z.boolean().optional(),
  vip_net_info: plugVip.extend({ vip: z.string() }).nullable().optional(),
});

const rules = z.array(
  z.strictObject({
    protocol: z.enum(['TCP', 'UDP', 'SCTP', 'vrrp']),
    cidr: z.string().nullable(),
    port: z.int().min(1).max(65535),
  }),
);

const canonical = (text: string, complaint: string): string => {
  if (!ipaddr.isValid(text)) throw problem(400, complaint);
  return ipaddr.parse(text).toString();
};

/** @throws HttpProblem 404 when no attached port has the address */
const mustBeAttached = (amphora: Amphora, mac: string): void => {
  const found = amphora.ports().some((port) => port.mac_address.toLowerCase() === mac.toLowerCase());
  if (!found) throw problem(404, 'No suitable network interface found', 'No suitable network interface found');
};

const keep = (amphora: Amphora, nic: Nic): void => {
  const others = amphora.interfaces().filter(({ mac_address }) => mac_address !== nic.mac_address);
  amphora.memory.interfaces = [...others, nic];
  amphora.save();
};

const vipNic = (mac: string, vip: string, body: z.infer<typeof plugVip>, more: readonly string[] = []): Nic => {
  const vrrp =
    body.vrrp_ip === undefined || body.vrrp_ip === null
      ? []
      : [canonical(body.vrrp_ip, `Invalid VRRP Address: ${body.vrrp_ip}`)];
  return {
    name: 'eth1',
    mac_address: mac,
    addresses: [...new Set([...vrrp, ...more])],
    vips: [
      vip,
      ...(body.additional_vips ?? []).map(({ ip_address }) => canonical(ip_address, `Invalid VIP: ${ip_address}`)),
    ],
  };
};

/**
 * The name of a new interface, by the number of links including the loopback one, as agents of release 11 count. Where
 * it is taken the kernel keeps another one.
 */
const newName = (amphora: Amphora): { readonly name: string; readonly isTaken: boolean } => {
  const used = amphora.interfaces().map(({ name }) => name);
  const wanted = used.length + 1;
  let number = wanted;
  while (used.includes(`eth${number}`)) number += 1;
  return { name: `eth${number}`, isTaken: number !== wanted };
};

const heldBy = (amphora: Amphora, ip: string): Nic | undefined =>
  amphora
    .interfaces()
    .find(({ addresses, vips }) => addresses.includes(ip) || (vips.includes(ip) && amphora.holdsVip(ip)));

/** Interfaces: VIP, member networks, holder of an address, packet filter rules. */
export const plugRoutes = (amphora: Amphora): readonly Route[] => [
  route('POST /1.0/plug/vip/:vip', ({ params, body }) => {
    const wish = plugVip.safeParse(json(body));
    if (!wish.success) throw problem(400, 'Invalid subnet information');
    const vip = canonical(params.vip ?? '', `Invalid VIP: ${params.vip}`);
    if (!ipaddr.isValidCIDR(wish.data.subnet_cidr)) throw problem(400, 'Invalid VIP', 'VIP SUBNET');
    const mac = wish.data.mac_address.toLowerCase();
    if (amphora.interfaces().some(({ mac_address }) => mac_address === mac))
      throw problem(409, 'Interface already exists');
    mustBeAttached(amphora, mac);
    const nic = vipNic(mac, vip, wish.data);
    keep(amphora, nic);
    return ok(202, `VIPs plugged on interface ${nic.name}: ${nic.vips.join(', ')}`);
  }),
  route('POST /1.0/plug/network', ({ body }) => {
    const wish = plugNetwork.safeParse(json(body));
    if (!wish.success) throw problem(400, 'Invalid port information');
    const mac = wish.data.mac_address.toLowerCase();
    mustBeAttached(amphora, mac);
    const known = amphora.interfaces().find(({ mac_address }) => mac_address === mac);
    const addresses = (wish.data.fixed_ips ?? []).map(({ ip_address }) =>
      canonical(ip_address, 'Invalid network port'),
    );
    const info = wish.data.vip_net_info;
    if (info !== undefined && info !== null) {
      keep(amphora, vipNic(mac, canonical(info.vip, `Invalid VIP: ${info.vip}`), info, addresses));
      return ok(202, 'Updated existing interface eth1');
    }
    if (known !== undefined) {
      keep(amphora, { ...known, addresses });
      return ok(202, `Updated existing interface ${known.name}`);
    }
    const { name, isTaken } = newName(amphora);
    keep(amphora, { name, mac_address: mac, addresses: isTaken ? [] : addresses, vips: [] });
    if (isTaken) throw problem(500, "(17, 'File exists')");
    return ok(202, `Plugged on interface ${name}`);
  }),
  route('GET /1.0/interface/:ip', ({ params }) => {
    const ip = canonical(params.ip ?? '', 'Invalid IP address');
    const nic = heldBy(amphora, ip);
    if (nic === undefined) throw problem(404, 'Error interface not found for IP address');
    return { status: 200, body: { message: 'OK', interface: nic.name } };
  }),
  route('PUT /1.0/interface/:ip/rules', ({ params, body }) => {
    const ip = canonical(params.ip ?? '', 'Invalid IP address');
    const wish = rules.safeParse(json(body));
    if (!wish.success) throw problem(400, 'Invalid rules information');
    const nic = heldBy(amphora, ip);
    if (nic === undefined) throw problem(404, 'Error interface not found for IP address');
    if (wish.data.length > 0) amphora.memory.rules[nic.name] = wish.data;
    amphora.save();
    return ok(200);
  }),
];
