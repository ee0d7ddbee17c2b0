import { describe, expect, it } from 'vitest';
import type { Server } from '../../../../../lib/drivers/compute/compute-driver.ts';
import { CloudResourceNotFoundError } from '../../../../../lib/errors/cloud.ts';
import type { Amphora } from '../../../../../lib/models/objects/amphora.ts';
import type { LoadBalancer } from '../../../../../lib/models/objects/load-balancer.ts';
import { isAtRest, judge } from '../../../../../lib/upkeep/drift/judge.ts';
import { activeStandby, aLoadBalancer, anAmphora, aTree } from '../../../../fixtures/render/tree.ts';
import { aPort, aServer, aView } from './support.ts';

const lock = {
  operation_id: 'op',
  fence: 1,
  flow: 'update-load-balancer',
  closing: false,
  acquired_at: '2026-01-01T00:00:00.000Z',
} as const;

it.each<[string, Partial<LoadBalancer>, boolean]>([
  ['ACTIVE', {}, true],
  ['in ERROR after it was complete', { provisioning_status: 'ERROR' }, true],
  ['in ERROR and incomplete', { provisioning_status: 'ERROR', incomplete: true }, false],
  ['ACTIVE and incomplete', { incomplete: true }, true],
  ['locked', { lock }, false],
  ['being updated', { provisioning_status: 'PENDING_UPDATE' }, false],
  ['deleted', { provisioning_status: 'DELETED' }, false],
])('a load balancer that is %s can be judged: %s', (_what, changes, can) => {
  expect(isAtRest(aLoadBalancer({ lock: null, ...changes }))).toBe(can);
});

interface World {
  readonly amphorae?: readonly Amphora[];
  readonly loadBalancer?: LoadBalancer;
  /** As they were listed. */
  readonly servers?: readonly Server[];
  /** As they are asked for by their ids; null: not there. */
  readonly server?: (id: string) => Server | null;
}

const judged = async ({
  amphorae = [anAmphora()],
  loadBalancer = aLoadBalancer(),
  servers = [],
  server = aServer,
}: World) => {
  const asked = { servers: [] as string[], agents: [] as string[] };
  const getServer = async (id: string) => {
    asked.servers.push(id);
    const found = server(id);
    if (found === null) throw new CloudResourceNotFoundError('server', id);
    return found;
  };
  const getHaproxyConfig = async ({ amphoraId }: { readonly amphoraId: string }) => {
    asked.agents.push(amphoraId);
    return null;
  };
  const { vip } = loadBalancer;
  const fixedIps = [{ subnetId: 'vips', ipAddress: vip.ip_address }];
  const ports = [
    aPort(vip.port_id, { fixedIps }),
    ...amphorae.map(({ vrrp_port_id, vrrp_ip, compute_id }) =>
      aPort(String(vrrp_port_id), {
        fixedIps: [{ subnetId: 'vips', ipAddress: String(vrrp_ip) }],
        allowedAddressPairs: [vip.ip_address],
        deviceId: String(compute_id),
      }),
    ),
  ];
  const findings = await judge(
    {
      agents: { getHaproxyConfig, getLvsConfig: async () => null },
      compute: { getServer },
      servers: new Map(servers.map((one) => [one.id, one])),
    },
    { tree: aTree({ load_balancer: loadBalancer, amphorae }), changes: new Map() },
    aView({ portsById: new Map(ports.map((port) => [port.id, port])) }),
  );
  return { asked, findings };
};

const serverOf = ({ compute_id }: Amphora, changes: Partial<Server> = {}) => aServer(String(compute_id), changes);
const one = anAmphora(1);
const two = anAmphora(2);

describe('the judgement of a load balancer', () => {
  it('finds nothing on one with all its amphorae', async () => {
    expect((await judged({})).findings).toEqual([]);
    expect((await judged({ loadBalancer: activeStandby(), amphorae: [one, two] })).findings).toEqual([]);
  });

  it('repairs one in ERROR by an update', async () => {
    const loadBalancer = aLoadBalancer({ provisioning_status: 'ERROR' });
    expect((await judged({ loadBalancer })).findings).toEqual([
      {
        kind: 'load_balancer_status',
        resource: 'load_balancer',
        resource_id: loadBalancer.id,
        amphora_id: null,
        expected: 'ACTIVE',
        found: 'ERROR',
        remedy: 'update',
      },
    ]);
  });

  it.each<[string, World, string, string]>([
    ['none of one', { amphorae: [] }, '1 amphorae', '0'],
    ['one of two', { loadBalancer: activeStandby() }, '2 amphorae', '1'],
    ['two of one', { amphorae: [one, two] }, '1 amphorae', '2'],
    ['one that is deleted', { amphorae: [{ ...one, status: 'DELETED' }] }, '1 amphorae', '0'],
  ])('replaces the amphorae when it has %s', async (_what, world, expected, found) => {
    const { id } = aLoadBalancer();
    expect((await judged(world)).findings).toMatchObject([
      {
        kind: 'amphora_count',
        resource: 'load_balancer',
        resource_id: id,
        amphora_id: null,
        expected,
        found,
        remedy: 'failover_load_balancer',
      },
    ]);
  });

  it('replaces an amphora that does not serve, and asks nothing of it', async () => {
    const { findings, asked } = await judged({ amphorae: [{ ...one, status: 'ERROR' }] });
    expect(findings).toMatchObject([
      {
        kind: 'amphora_status',
        resource: 'amphora',
        resource_id: one.id,
        amphora_id: one.id,
        expected: 'ALLOCATED',
        found: 'ERROR',
        remedy: 'failover_amphora',
      },
    ]);
    expect(asked).toEqual({ servers: [], agents: [] });
  });
});

describe('the server of an amphora', () => {
  it('is not asked for again when it was listed as it should be', async () => {
    const { findings, asked } = await judged({ servers: [serverOf(one)] });
    expect([findings, asked.servers, asked.agents]).toEqual([[], [], [one.id]]);
  });

  it('is asked for when it was listed otherwise, or not at all: the list may be older than the row', async () => {
    for (const servers of [[serverOf(one, { status: 'ERROR' })], []]) {
      const { findings, asked } = await judged({ servers });
      expect([findings, asked.servers]).toEqual([[], [one.compute_id]]);
    }
  });

  it.each<[string, World['server']]>([
    ['server_missing', () => null],
    ['server_status', (id) => aServer(id, { status: 'OTHER' })],
  ])('with %s is all that is found of the amphora: neither its agent nor its port is judged', async (kind, server) => {
    const detached = { ...one, vrrp_port_id: 'missing', vrrp_ip: null };
    const { findings, asked } = await judged({ amphorae: [detached], ...(server && { server }) });
    expect(findings.map((finding) => finding.kind)).toEqual([kind]);
    expect(asked.agents).toEqual([]);
  });

  it('of another flavor serves: its agent is judged too', async () => {
    const amphora = { ...one, compute_flavor: 'small' };
    const { findings, asked } = await judged({
      amphorae: [amphora],
      server: (id) => aServer(id, { flavorId: 'large' }),
    });
    expect([findings.map(({ kind }) => kind), asked.agents]).toEqual([['server_flavor'], [one.id]]);
  });

  it('is missing when it was never learned', async () => {
    const { findings, asked } = await judged({ amphorae: [{ ...one, compute_id: null }] });
    expect([findings.map(({ kind }) => kind), asked.servers]).toEqual([['server_missing'], []]);
  });

  it('is not missing because Nova fails', async () => {
    const server = () => {
      throw new Error('Nova is down');
    };
    await expect(judged({ server })).rejects.toThrow('Nova is down');
  });
});
