import { describe, expect, it } from 'vitest';
import type { Amphora } from '../../../../../lib/models/objects/amphora.ts';
import type { LoadBalancer } from '../../../../../lib/models/objects/load-balancer.ts';
import { networkFindings } from '../../../../../lib/upkeep/drift/network-findings.ts';
import { additionalVip, aListener, aLoadBalancer, anAmphora, aTree } from '../../../../fixtures/render/tree.ts';
import { aPort, aView } from './support.ts';

const { vip } = aLoadBalancer();
const amphora = anAmphora();
const { compute_id, vrrp_port_id, vrrp_ip } = amphora;
const at = (...addresses: readonly string[]) => addresses.map((ipAddress) => ({ subnetId: 'vips', ipAddress }));

/** Ports as they should be. */
const vipPort = aPort(vip.port_id, { deviceId: 'lb', fixedIps: at(vip.ip_address) });
const basePort = aPort(String(vrrp_port_id), {
  deviceId: String(compute_id),
  fixedIps: at(String(vrrp_ip)),
  allowedAddressPairs: [vip.ip_address],
});

interface World {
  readonly loadBalancer?: Partial<LoadBalancer>;
  readonly amphora?: Partial<Amphora>;
  readonly vipPort?: Partial<typeof vipPort>;
  readonly basePort?: Partial<typeof basePort>;
  readonly view?: Parameters<typeof aView>[0];
  readonly listeners?: Parameters<typeof aTree>[0];
}

/** Kind, expected, found and remedy of everything that is found. */
const found = (world: World = {}) => {
  const one = { ...amphora, ...world.amphora };
  const load_balancer = aLoadBalancer(world.loadBalancer);
  const tree = aTree({ load_balancer, amphorae: [one], ...world.listeners });
  const ports = [
    { ...vipPort, ...world.vipPort },
    { ...basePort, ...world.basePort },
  ];
  const view = aView({ portsById: new Map(ports.map((port) => [port.id, port])), ...world.view });
  const findings = networkFindings({ tree, changes: new Map() }, [one], view);
  return findings.map(({ kind, expected, found: what, remedy }) => [kind, expected, what, remedy]);
};

it('nothing is found of ports, groups and policies that are as the table has them', () => {
  expect(found()).toEqual([]);
});

describe('the VIP port', () => {
  it('is made again by an update when it is missing', () => {
    const portsById = new Map([[basePort.id, basePort]]);
    expect(found({ view: { portsById } })).toEqual([['port_missing', `port ${vip.port_id}`, 'nothing', 'update']]);
  });

  it('lacks an address of the load balancer: a failover makes one of its own again, and a tenant’s is left alone', () => {
    const others = { vipPort: { fixedIps: at('192.0.2.99', '192.0.2.98') } };
    const [expected, what] = ['192.0.2.10', '192.0.2.98, 192.0.2.99'];
    expect(found(others)).toEqual([['port_addresses', expected, what, 'failover_load_balancer']]);
    const loadBalancer = { vip: { ...vip, octavia_owned: false } };
    expect(found({ ...others, loadBalancer })).toEqual([['port_addresses', expected, what, 'none']]);
    expect(found({ vipPort: { fixedIps: [] } })).toMatchObject([
      ['port_addresses', expected, 'none', expect.anything()],
    ]);
  });

  it('may have more addresses, and in any spelling', () => {
    const loadBalancer = { additional_vips: [additionalVip('2001:DB8:0::1')] };
    const fixedIps = at('192.0.2.10', '2001:db8::1', '192.0.2.77');
    const allowedAddressPairs = ['2001:db8:0:0::1', '192.0.2.10'];
    expect(found({ loadBalancer, vipPort: { fixedIps }, basePort: { allowedAddressPairs } })).toEqual([]);
    const lacking = { loadBalancer, vipPort: { fixedIps: at('192.0.2.10') }, basePort: { allowedAddressPairs } };
    expect(found(lacking)).toMatchObject([
      ['port_addresses', '192.0.2.10, 2001:db8::1', '192.0.2.10', expect.anything()],
    ]);
  });
});

describe('the security groups of a port', () => {
  const groups = { securityGroupIds: ['own', 'tenants'] };
  const loadBalancer = { security_group_id: 'own', vip: { ...vip, sg_ids: ['tenants'] } };
  const view = { groupIds: new Set(['own']) };
  const withPorts = (ports: Pick<World, 'vipPort' | 'basePort'>): World => {
    const portsById = new Map(
      [
        { ...vipPort, ...ports.vipPort },
        { ...basePort, ...ports.basePort },
      ].map((port) => [port.id, port]),
    );
    return { loadBalancer, view: { ...view, portsById } };
  };

  it('are the load balancer’s own and the tenant’s, in any order', () => {
    const turned = { securityGroupIds: ['tenants', 'own'] };
    expect(found(withPorts({ vipPort: groups, basePort: turned }))).toEqual([]);
  });

  it('are put right by an update', () => {
    const finding = ['port_security_groups', 'own, tenants', 'own', 'update'];
    expect(found(withPorts({ vipPort: { securityGroupIds: ['own'] }, basePort: groups }))).toEqual([finding]);
    expect(found(withPorts({ vipPort: groups, basePort: { securityGroupIds: ['own'] } }))).toEqual([finding]);
  });
});

describe('the base port of an amphora', () => {
  it.each<[string, World, readonly string[]]>([
    [
      'is on another server',
      { basePort: { deviceId: 'other' } },
      ['port_detached', `on server ${compute_id}`, 'on server other'],
    ],
    ['is on no server', { basePort: { deviceId: '' } }, ['port_detached', `on server ${compute_id}`, 'on server none']],
    ['is down', { basePort: { adminStateUp: false } }, ['port_down', 'up', 'down']],
    [
      'lacks its address',
      { basePort: { fixedIps: at('192.0.2.99') } },
      ['port_addresses', String(vrrp_ip), '192.0.2.99'],
    ],
  ])('%s: a failover of the amphora replaces it', (_how, world, finding) => {
    expect(found(world)).toEqual([[...finding, 'failover_amphora']]);
  });

  it('is missing: a failover of the amphora replaces it', () => {
    const portsById = new Map([[vipPort.id, vipPort]]);
    expect(found({ view: { portsById } })).toEqual([
      ['port_missing', `port ${vrrp_port_id}`, 'nothing', 'failover_amphora'],
    ]);
  });

  it('lets through the VIPs and nothing else: an update puts that right', () => {
    const allowedAddressPairs = ['192.0.2.10', '192.0.2.66'];
    expect(found({ basePort: { allowedAddressPairs } })).toEqual([
      ['port_address_pairs', '192.0.2.10', '192.0.2.10, 192.0.2.66', 'update'],
    ]);
  });

  it('has any address while its own is not known', () => {
    expect(found({ amphora: { vrrp_ip: null }, basePort: { fixedIps: at('192.0.2.99') } })).toEqual([]);
  });
});

describe('the ports in the subnets of members', () => {
  it('are there for each subnet that was plugged', () => {
    const port = aPort('leg', { fixedIps: [{ subnetId: 'here', ipAddress: '10.0.0.9' }] });
    const view = { portsByServer: new Map([[String(compute_id), [port]]]) };
    const subnets = { member_subnets: ['here', 'there'] };
    const portsById = new Map([vipPort, basePort].map((one) => [one.id, one]));
    expect(found({ amphora: subnets, view: { ...view, portsById } })).toEqual([
      ['member_port_missing', 'a port in subnet there', 'nothing', 'update'],
    ]);
    expect(found({ amphora: { member_subnets: ['here'] }, view: { ...view, portsById } })).toEqual([]);
  });
});

describe('the QoS policy', () => {
  const loadBalancer = { vip: { ...vip, qos_policy_id: 'gold' } };
  const portsById = (own: string | null, base: string | null) =>
    new Map(
      [
        { ...vipPort, qosPolicyId: own },
        { ...basePort, qosPolicyId: base },
      ].map((port) => [port.id, port]),
    );
  const policyIds = new Set(['gold']);

  it('is on all ports, and an update puts it there', () => {
    expect(found({ loadBalancer, view: { policyIds, portsById: portsById('gold', 'gold') } })).toEqual([]);
    const wrong = { loadBalancer, view: { policyIds, portsById: portsById(null, 'iron') } };
    expect(found(wrong)).toEqual([
      ['port_qos_policy', 'gold', 'none', 'update'],
      ['port_qos_policy', 'gold', 'iron', 'update'],
    ]);
    expect(found({ view: { portsById: portsById('iron', null) } })).toEqual([
      ['port_qos_policy', 'none', 'iron', 'update'],
    ]);
  });

  it('is its owner’s matter when it is deleted, and no port is judged by it', () => {
    expect(found({ loadBalancer, view: { portsById: portsById(null, null) } })).toEqual([
      ['qos_policy_missing', 'QoS policy gold', 'nothing', 'none'],
    ]);
  });

  it('is the tenant’s own on a port of the tenant', () => {
    const tenants = { vip: { ...vip, octavia_owned: false } };
    expect(found({ loadBalancer: tenants, view: { portsById: portsById('iron', null) } })).toEqual([]);
  });

  it('is not asked of a port that is missing', () => {
    const view = { policyIds, portsById: new Map([[basePort.id, { ...basePort, qosPolicyId: 'gold' }]]) };
    expect(found({ loadBalancer, view })).toMatchObject([['port_missing', expect.anything(), 'nothing', 'update']]);
  });
});

describe('the rules of the security group', () => {
  const securityGroupIds = ['own'];
  const world = (rules: readonly (string | number)[][], groupIds: readonly string[] = ['own']): World => ({
    loadBalancer: { security_group_id: 'own' },
    listeners: {
      listeners: [
        aListener(1, { protocol_port: 80 }),
        aListener(2, { protocol_port: 53, protocol: 'UDP', allowed_cidrs: ['10.0.0.0/8'] }),
      ],
    },
    view: {
      portsById: new Map([vipPort, basePort].map((port) => [port.id, { ...port, securityGroupIds }])),
      groupIds: new Set(groupIds),
      rulesByGroup: new Map([
        [
          'own',
          rules.map(([id, protocol, port, from]) => ({
            id: String(id),
            security_group_id: 'own',
            direction: 'ingress',
            ethertype: 'IPv4' as const,
            protocol: String(protocol),
            port_range_min: Number(port),
            port_range_max: Number(port),
            remote_ip_prefix: from === undefined ? null : String(from),
            remote_group_id: null,
          })),
        ],
      ]),
    },
  });
  const wanted = [
    ['one', 'tcp', 80],
    ['two', 'udp', 53, '10.0.0.0/8'],
  ];

  it('are those of the listeners', () => {
    expect(found(world(wanted))).toEqual([]);
  });

  it('are made and deleted by an update', () => {
    expect(found(world([['three', 'tcp', 22]]))).toEqual([
      ['rule_missing', 'IPv4 tcp port 80 from anywhere', 'nothing', 'update'],
      ['rule_missing', 'IPv4 udp port 53 from 10.0.0.0/8', 'nothing', 'update'],
      ['rule_extra', 'nothing', 'rule three', 'update'],
    ]);
  });

  it('are not asked for when the group is missing, which an update makes again', () => {
    expect(found(world([], []))).toEqual([['security_group_missing', 'security group own', 'nothing', 'update']]);
  });
});
