import { beforeAll, describe, expect, it } from 'vitest';
import { getTree } from '../../../../../lib/repositories/objects/trees.ts';
import { changeQuota } from '../../../../../lib/repositories/quotas/quotas.ts';
import { useTable } from '../../../../helpers/table.ts';
import { changesBelow } from '../support/read.ts';
import { type Workbench, workbench } from '../support/resources.ts';

beforeAll(useTable);

const MONITOR = { type: 'HTTP', delay: 1, timeout: 1, max_retries: 1 };
const MEMBER = { address: '10.2.0.1', protocol_port: 80 };

describe('POST of a pool with members and a health monitor', () => {
  it('commits all of it as one operation, and answers it with ids', async () => {
    const { loadBalancer, listener, made } = await workbench();
    const { id: listener_id } = await listener();
    const pool = await made('pools', 'pool', {
      listener_id,
      protocol: 'HTTP',
      lb_algorithm: 'ROUND_ROBIN',
      members: [MEMBER, { ...MEMBER, protocol_port: 81 }],
      healthmonitor: MONITOR,
    });
    const tree = await getTree(loadBalancer.id);
    const [monitor] = tree.health_monitors;
    expect(tree.listeners).toMatchObject([{ default_pool_id: pool.id }]);
    expect(tree.members).toMatchObject([
      { pool_id: pool.id, provisioning_status: 'PENDING_CREATE', operating_status: 'OFFLINE' },
      { pool_id: pool.id, protocol_port: 81 },
    ]);
    expect(monitor).toMatchObject({ pool_id: pool.id, provisioning_status: 'PENDING_CREATE', expected_codes: '200' });
    expect(pool).toMatchObject({ healthmonitor_id: monitor?.id, listeners: [{ id: listener_id }] });
    expect(pool.members).toHaveLength(2);
    expect(await changesBelow(loadBalancer.id)).toHaveLength(2);
  });

  it('counts all of it against the quota', async () => {
    const { loadBalancer, refused } = await workbench();
    await changeQuota(loadBalancer.project_id, { pool: 0, member: 1, health_monitor: 0 });
    const fields = { loadbalancer_id: loadBalancer.id, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' };
    const below = { members: [MEMBER, { ...MEMBER, protocol_port: 81 }], healthmonitor: MONITOR };
    expect(await refused('POST', 'pools', { pool: { ...fields, ...below } })).toEqual([
      403,
      'Quota has been met for resources: Pool, Member, Health Monitor',
    ]);
    expect((await getTree(loadBalancer.id)).pools).toEqual([]);
  });
});

describe('a refused POST of a pool with something below it', () => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await workbench();
  });

  it.each([
    [{ members: [MEMBER, MEMBER] }, 409, /already using ip 10.2.0.1 on protocol_port 80$/],
    [{ members: [{ ...MEMBER, colour: 1 }] }, 400, /^Unknown attribute for argument pool.pool.members: colour$/],
    [{ members: [{ address: '10.2.0.1' }] }, 400, /protocol_port. Value: 'None'. Mandatory field missing/],
    [{ members: [{ ...MEMBER, address: '10.2.0' }] }, 400, /address. Value: '10.2.0'. Value should be IPv4 or IPv6/],
    [{ members: [{ ...MEMBER, subnet_id: '6a0a707c-45ef-4758-b533-e55adddba8ce' }] }, 400, /^Subnet .* not found\.$/],
    [
      { healthmonitor: { ...MONITOR, domain_name: 'a.example' } },
      400,
      /'http_version' must be specified when 'domain_name' is provided/,
    ],
    [{ protocol: 'UDP', healthmonitor: { ...MONITOR, type: 'PING' } }, 400, /only a UDP-CONNECT\/SCTP\/TCP\/HTTP/],
  ])('of %j is refused with the reason, and nothing is written', async (fields, status, text) => {
    const pool = {
      loadbalancer_id: bench.loadBalancer.id,
      protocol: 'HTTP',
      lb_algorithm: 'ROUND_ROBIN',
      ...fields,
    };
    const [code, told] = await bench.refused('POST', 'pools', { pool });
    expect(told).toMatch(text);
    expect(code).toBe(status);
    expect((await getTree(bench.loadBalancer.id)).pools).toEqual([]);
    expect(await changesBelow(bench.loadBalancer.id)).toEqual([]);
  });
});
