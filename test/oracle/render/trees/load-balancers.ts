import * as fc from 'fast-check';
import type { VipSubnet } from '../../../../lib/amphora/render/keepalived/render-vrrp.ts';
import type { Amphora } from '../../../../lib/models/objects/amphora.ts';
import type { LoadBalancer } from '../../../../lib/models/objects/load-balancer.ts';
import { activeStandby, additionalVip, aLoadBalancer, anAmphora } from '../../../fixtures/render/tree.ts';
import { address, enabled, maybe, oneOf } from './values.ts';

/** A load balancer with its amphorae. */
export interface LoadBalancerDraft {
  readonly loadBalancer: LoadBalancer;
  readonly amphorae: readonly Amphora[];
}

const vips = fc.uniqueArray(address, { minLength: 1, maxLength: 3 });

/** Amphorae beside those that serve. */
const others = fc.array(
  fc.record({
    status: oneOf('DELETED' as const, 'ERROR' as const, 'BOOTING' as const),
    vrrp_ip: oneOf(null, '10.1.9.9'),
  }),
  { maxLength: 1 },
);

const amphorae = (count: fc.Arbitrary<number>): fc.Arbitrary<readonly Amphora[]> =>
  fc.tuple(count, others, fc.boolean()).map(([serving, more, turned]) => {
    const all = [
      ...Array.from({ length: serving }, (_, index) => anAmphora(index + 1)),
      ...more.map((change, index) => anAmphora(index + 5, { ...change, role: null })),
    ];
    return turned ? all.toReversed() : all;
  });

const draft = (isPair: boolean): fc.Arbitrary<LoadBalancerDraft> =>
  fc
    .tuple(vips, enabled, amphorae(isPair ? oneOf(1, 2) : fc.constant(1)), oneOf(1, 5))
    .map(([addresses, on, all, advert]) => {
      const [first = '', ...more] = addresses;
      const make = isPair ? activeStandby : aLoadBalancer;
      const made = make({ enabled: on, additional_vips: more.map(additionalVip) });
      const vrrp_group = made.vrrp_group && { ...made.vrrp_group, advert_int: advert };
      return { loadBalancer: { ...made, vrrp_group, vip: { ...made.vip, ip_address: first } }, amphorae: all };
    });

export const pair = draft(true);
export const loadBalancer = fc.oneof(draft(false), pair);

/** An address and its subnet, as Neutron has it. */
const placed = (ipAddress: string): fc.Arbitrary<VipSubnet> => {
  const isV6 = ipAddress.includes(':');
  const prefix = isV6 ? ipAddress.replace(/::.*/, '::') : ipAddress.replace(/\d+$/, '');
  const network = isV6 ? prefix : `${prefix}0`;
  const destination = isV6 ? oneOf('2001:db8:ff::/48', '::/0') : oneOf('10.99.0.0/16', '0.0.0.0/0');
  return fc.record({
    ipAddress: fc.constant(ipAddress),
    subnetCidr: isV6 ? oneOf(`${network}/64`, `${network}/48`) : oneOf(`${network}/24`),
    gateway: maybe(fc.constant(`${prefix}1`)),
    hostRoutes: fc.array(fc.record({ destination, nexthop: fc.constant(`${prefix}7`) }), { maxLength: 2 }),
  });
};

/** Every address of the load balancer. */
export const placedVips = ({ vip, additional_vips }: LoadBalancer): fc.Arbitrary<readonly VipSubnet[]> =>
  fc.tuple(...[vip, ...additional_vips].map(({ ip_address }) => placed(ip_address)));
