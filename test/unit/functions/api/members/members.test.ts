import { beforeAll, describe, expect, it } from 'vitest';
import { settleFailed } from '../../../../../lib/repositories/locks/failed-settlement.ts';
import { getLoadBalancer } from '../../../../../lib/repositories/objects/load-balancers.ts';
import { useTable } from '../../../../helpers/table.ts';
import { SUBNET_V4 } from '../support/fake-network.ts';
import { inside, listed, workbench } from '../support/resources.ts';

beforeAll(useTable);

const STRANGE_SUBNET = '6a0a707c-45ef-4758-b533-e55adddba8ce';

describe('POST of a member', () => {
  it('answers 201 with every field, and what is not given at its default', async () => {
    const { loadBalancer, member, pool, call } = await workbench();
    const { id: poolId } = await pool();
    const shown = await member(poolId, { subnet_id: SUBNET_V4.id });
    expect(shown).toMatchObject({
      name: '',
      project_id: loadBalancer.project_id,
      address: '10.2.0.5',
      protocol_port: 8080,
      weight: 1,
      backup: false,
      subnet_id: SUBNET_V4.id,
      monitor_address: null,
      monitor_port: null,
      operating_status: 'NO_MONITOR',
      admin_state_up: true,
      vnic_type: 'normal',
    });
    expect(inside(await call('GET', `pools/${poolId}`), 'pool')).toMatchObject({ members: [{ id: shown.id }] });
  });

  it('starts offline in a pool with a health monitor, and shows a missing subnet as null', async () => {
    const { member, monitor, pool } = await workbench();
    const { id: poolId } = await pool();
    await monitor(poolId);
    expect(await member(poolId)).toMatchObject({ operating_status: 'OFFLINE', subnet_id: null });
  });

  it.each([
    [{ address: '10.2.0' }, 400, /address. Value: '10.2.0'. Value should be IPv4 or IPv6 format$/],
    [{ address: undefined }, 400, /address. Value: 'None'. Mandatory field missing\.$/],
    [{ weight: 257 }, 400, /weight/],
    [{ address: '169.254.169.254' }, 400, /^169.254.169.254 is not a valid option for member address$/],
    [{ address: '::ffff:169.254.169.254' }, 400, /is not a valid option for member address$/],
    [{ monitor_address: '169.254.169.254' }, 400, /^169.254.169.254 is not a valid option for member monitor_address$/],
    [{ monitor_address: '::FFFF:a9fe:a9fe' }, 400, /is not a valid option for member monitor_address$/],
    [{ subnet_id: STRANGE_SUBNET }, 400, new RegExp(`^Subnet ${STRANGE_SUBNET} not found\\.$`)],
    [{ request_sriov: true }, 400, /SR-IOV members are not allowed/],
  ])('of %j is refused with the reason', async (fields, status, text) => {
    const { pool, refused } = await workbench();
    const { id } = await pool();
    const body = { member: { address: '10.2.0.5', protocol_port: 80, ...fields } };
    const [code, told] = await refused('POST', `pools/${id}/members`, body);
    expect(told).toMatch(text);
    expect(code).toBe(status);
  });

  it('with several mistakes is refused for the one that upstream finds first', async () => {
    const { pool, refused } = await workbench();
    const { id } = await pool();
    const told = async (fields: object) => {
      const body = { member: { address: '10.2.0.5', protocol_port: 80, ...fields } };
      return (await refused('POST', `pools/${id}/members`, body))[1];
    };
    const wrong = { tags: [5], monitor_address: 'x', project_id: 'p'.repeat(40), weight: 900, address: 'x', name: 5 };
    const order = ['name', 'address', 'weight', 'project_id', 'monitor_address', 'tags'] as const;
    let left: Partial<typeof wrong> = wrong;
    for (const field of order) {
      expect(await told(left)).toMatch(new RegExp(`^Invalid input for field/attribute ${field}\\.`));
      const { [field]: _told, ...others } = left;
      left = others;
    }
  });

  it('is refused for an address that the pool has, and for a pool that is not there', async () => {
    const { member, pool, refused } = await workbench();
    const { id } = await pool();
    await member(id);
    const body = { member: { address: '10.2.0.5', protocol_port: 8080 } };
    expect(await refused('POST', `pools/${id}/members`, body)).toMatchObject([409, expect.any(String)]);
    expect(await refused('POST', `pools/${STRANGE_SUBNET}/members`, body)).toEqual([
      404,
      `Pool ${STRANGE_SUBNET} not found.`,
    ]);
  });
});

describe('a member', () => {
  it('is changed: null resets, absent stays', async () => {
    const { call, member, pool } = await workbench();
    const { id: poolId } = await pool();
    const { id } = await member(poolId, { weight: 7, backup: true, monitor_port: 9, name: 'm' });
    const path = `pools/${poolId}/members/${id}`;
    const put = await call('PUT', path, { member: { weight: null, backup: null, monitor_port: null } });
    expect(inside(put, 'member')).toMatchObject({ weight: 1, backup: false, monitor_port: null, name: 'm' });
    expect(inside(await call('GET', path), 'member')).toEqual(inside(put, 'member'));
  });

  it('has its health checked at no reserved address', async () => {
    const { member, pool, refused } = await workbench();
    const { id: poolId } = await pool();
    const { id } = await member(poolId);
    const body = { member: { monitor_address: '::ffff:169.254.169.254' } };
    expect(await refused('PUT', `pools/${poolId}/members/${id}`, body)).toEqual([
      400,
      '::ffff:169.254.169.254 is not a valid option for member monitor_address',
    ]);
  });

  it('is below its own pool only', async () => {
    const { member, pool, refused } = await workbench();
    const [{ id: poolId }, { id: other }] = [await pool(), await pool()];
    const { id } = await member(poolId);
    expect(await refused('GET', `pools/${other}/members/${id}`)).toEqual([404, `Member ${id} not found.`]);
  });
});

describe('PUT of all members', () => {
  const of = async ({ call }: Awaited<ReturnType<typeof workbench>>, poolId: string) =>
    listed(await call('GET', `pools/${poolId}/members?sort=address`), 'members').map(
      ({ address, weight, provisioning_status }) => [address, weight, provisioning_status],
    );
  const at = (address: string, fields: object = {}) => ({ address, protocol_port: 8080, ...fields });

  it('creates, changes and deletes, and answers 202 without a body', async () => {
    const bench = await workbench();
    const { id } = await bench.pool();
    await bench.member(id, { address: '10.2.0.1', weight: 5 });
    await bench.member(id, { address: '10.2.0.2' });
    const wanted = { members: [at('10.2.0.1', { name: 'one' }), at('10.2.0.3', { weight: 3 })] };
    expect(await bench.call('PUT', `pools/${id}/members`, wanted)).toMatchObject({ status: 202, body: {} });
    expect(await of(bench, id)).toEqual([
      ['10.2.0.1', 1, 'PENDING_CREATE'],
      ['10.2.0.2', 1, 'PENDING_DELETE'],
      ['10.2.0.3', 3, 'PENDING_CREATE'],
    ]);
  });

  it('leaves alone what is not named when it only adds', async () => {
    const bench = await workbench();
    const { id } = await bench.pool();
    await bench.member(id, { address: '10.2.0.1' });
    await bench.call('PUT', `pools/${id}/members?additive_only=true`, { members: [at('10.2.0.2')] });
    expect(await of(bench, id)).toEqual([
      ['10.2.0.1', 1, 'PENDING_CREATE'],
      ['10.2.0.2', 1, 'PENDING_CREATE'],
    ]);
  });

  it('locks nothing when nothing changes', async () => {
    const bench = await workbench({ changes: () => Object.create(null) });
    const stored = await workbench();
    const { id } = await stored.pool();
    await stored.member(id, { address: '10.2.0.1' });
    const token = bench.api.tokenFor(stored.loadBalancer.project_id, 'member');
    const answer = await bench.api.call(`/v2.0/lbaas/pools/${id}/members`, {
      method: 'PUT',
      token,
      body: { members: [at('10.2.0.1', { weight: 1 })] },
    });
    expect(answer.status).toBe(202);
  });

  it('keeps a member whose deletion failed by naming it as it is', async () => {
    const bench = await workbench();
    const { id } = await bench.pool();
    const member = await bench.member(id, { address: '10.2.0.1' });
    await bench.call('DELETE', `pools/${id}/members/${member.id}`);
    const { id: loadbalancer_id, lock } = await getLoadBalancer(bench.loadBalancer.id);
    const held = { operation_id: String(lock?.operation_id), fence: Number(lock?.fence) };
    await settleFailed({ ...held, target: 'load_balancer', loadbalancer_id, amphora_id: null }, 'ACTIVE');
    expect(await of(bench, id)).toEqual([['10.2.0.1', 1, 'ERROR']]);
    await bench.call('PUT', `pools/${id}/members`, { members: [at('10.2.0.1', { weight: 1 })] });
    expect(await of(bench, id)).toEqual([['10.2.0.1', 1, 'PENDING_CREATE']]);
  });

  it('is refused as a whole', async () => {
    const { pool, refused } = await workbench();
    const { id } = await pool();
    const put = (members: unknown) => refused('PUT', `pools/${id}/members`, { members });
    expect(await put([at('10.2.0.1'), at('10.2.0.1', { weight: 2 })])).toEqual([
      409,
      'Another member on this pool is already using ip 10.2.0.1 on protocol_port 8080',
    ]);
    expect(await put([at('10.2.0.1', { request_sriov: true })])).toMatchObject([400, expect.stringMatching(/SR-IOV/)]);
    expect(await put([at('10.2.0.1'), at('169.254.169.254')])).toMatchObject([400, expect.any(String)]);
    expect(await put({})).toMatchObject([400, expect.any(String)]);
  });
});

describe('PUT of all members that names a member that is there', () => {
  const bench = async (fields: Readonly<Record<string, unknown>> = {}) => {
    const made = await workbench();
    const { id: poolId } = await made.pool();
    await made.member(poolId, fields);
    const path = `pools/${poolId}/members`;
    const put = async (changes: object) => {
      const members = [{ address: '10.2.0.5', protocol_port: 8080, ...changes }];
      expect(await made.call('PUT', path, { members })).toMatchObject({ status: 202 });
      return listed(await made.call('GET', path), 'members');
    };
    return { ...made, path, put };
  };

  it('resets what it leaves out, but for name, tags and subnet', async () => {
    const { put } = await bench({
      name: 'one',
      tags: ['a'],
      subnet_id: SUBNET_V4.id,
      weight: 5,
      backup: true,
      admin_state_up: false,
      monitor_address: '10.2.0.9',
      monitor_port: 32_000,
    });
    expect(await put({})).toMatchObject([
      {
        name: 'one',
        tags: ['a'],
        subnet_id: SUBNET_V4.id,
        weight: 1,
        backup: false,
        admin_state_up: true,
        monitor_address: null,
        monitor_port: null,
      },
    ]);
  });

  it('takes a null for what it resets to, and keeps tags', async () => {
    const { put } = await bench({ name: 'one', tags: ['a'], subnet_id: SUBNET_V4.id, weight: 5 });
    const changes = { name: null, tags: null, subnet_id: null, weight: null, admin_state_up: null };
    expect(await put(changes)).toMatchObject([
      { name: '', tags: ['a'], subnet_id: null, weight: 1, admin_state_up: false },
    ]);
  });

  it('moves it to another subnet, which must exist', async () => {
    const { put, path, refused } = await bench();
    expect(await put({ subnet_id: SUBNET_V4.id })).toMatchObject([{ subnet_id: SUBNET_V4.id }]);
    const members = [{ address: '10.2.0.5', protocol_port: 8080, subnet_id: STRANGE_SUBNET }];
    expect(await refused('PUT', path, { members })).toEqual([400, `Subnet ${STRANGE_SUBNET} not found.`]);
  });

  it('is refused when it names it twice, or has its health checked at a reserved address', async () => {
    const { path, refused } = await bench();
    const one = { address: '10.2.0.5', protocol_port: 8080 };
    expect(await refused('PUT', path, { members: [one, { ...one, weight: 2 }] })).toEqual([
      400,
      'Validation failure: Member must be updated only once in the same request.',
    ]);
    expect(await refused('PUT', path, { members: [{ ...one, monitor_address: '169.254.169.254' }] })).toEqual([
      400,
      '169.254.169.254 is not a valid option for member monitor_address',
    ]);
  });

  it('says nothing of SR-IOV, which no member that is there can have', async () => {
    const { put } = await bench({ weight: 2 });
    expect(await put({ request_sriov: true })).toMatchObject([{ weight: 1, vnic_type: 'normal' }]);
  });
});

describe('an IPv6 address in several spellings', () => {
  const at = (address: string, fields: object = {}) => ({ address, protocol_port: 80, ...fields });

  it.each(['', '?additive_only=true'])(
    'is one member for PUT of all members%s, which shows the newest',
    async (query) => {
      const { call, member, pool } = await workbench();
      const { id } = await pool();
      const path = `pools/${id}/members`;
      const made = await member(id, at('2001:db8::1'));
      for (const address of ['2001:DB8::1', '2001:0db8:0:0:0:0:0:0001']) {
        const members = [at(address, { weight: 3 })];
        expect(await call('PUT', `${path}${query}`, { members })).toMatchObject({ status: 202 });
        expect(listed(await call('GET', path), 'members')).toMatchObject([{ id: made.id, address, weight: 3 }]);
      }
    },
  );

  it('is refused as one that the pool has, or the request names twice', async () => {
    const { loadBalancer, member, pool, refused } = await workbench();
    const { id } = await pool();
    await member(id, at('2001:db8::1'));
    const taken = (address: string) => [
      409,
      `Another member on this pool is already using ip ${address} on protocol_port 80`,
    ];
    const members = [at('::ffff:10.2.0.1'), at('::FFFF:A02:1')];
    expect(await refused('POST', `pools/${id}/members`, { member: at('2001:DB8::1') })).toEqual(taken('2001:DB8::1'));
    expect(await refused('PUT', `pools/${id}/members`, { members })).toEqual(taken('::FFFF:A02:1'));
    const fields = { loadbalancer_id: loadBalancer.id, protocol: 'TCP', lb_algorithm: 'ROUND_ROBIN', members };
    expect(await refused('POST', 'pools', { pool: fields })).toEqual(taken('::FFFF:A02:1'));
  });

  it('is another member than the IPv4 address that is mapped in it', async () => {
    const { call, pool } = await workbench();
    const { id } = await pool();
    const members = [at('10.2.0.1'), at('::ffff:10.2.0.1')];
    expect(await call('PUT', `pools/${id}/members`, { members })).toMatchObject({ status: 202 });
    expect(listed(await call('GET', `pools/${id}/members`), 'members')).toHaveLength(2);
  });
});

describe.each(['UDP', 'SCTP'])('a %s pool below IPv4 addresses', (protocol) => {
  const unserved = [
    501,
    "Provider 'amphora' does not support a requested option: This provider doesn't support mixing IPv4 and IPv6 " +
      `addresses for its VIP and members in ${protocol} load balancers.`,
  ];
  const member = { address: '2001:db8::1', protocol_port: 53 };
  const members = [{ address: '10.2.0.1', protocol_port: 53 }, member];

  it('takes no IPv6 member, alone, in a batch, or with its pool or listener', async () => {
    const { loadBalancer, pool, refused } = await workbench();
    const { id } = await pool({ protocol });
    const fields = { protocol, lb_algorithm: 'ROUND_ROBIN', members };
    const listener = { protocol, protocol_port: 53, loadbalancer_id: loadBalancer.id };
    expect(await refused('POST', `pools/${id}/members`, { member })).toEqual(unserved);
    expect(await refused('PUT', `pools/${id}/members`, { members })).toEqual(unserved);
    expect(await refused('POST', 'pools', { pool: { ...fields, loadbalancer_id: loadBalancer.id } })).toEqual(unserved);
    expect(await refused('POST', 'listeners', { listener: { ...listener, default_pool: fields } })).toEqual(unserved);
  });

  it('takes one where a further VIP has its family', async () => {
    const vip = { subnet_id: SUBNET_V4.id, ip_address: '2001:db8::a', port_id: SUBNET_V4.id, network_id: SUBNET_V4.id };
    const bench = await workbench({}, { additional_vips: [vip] });
    const { id } = await bench.pool({ protocol });
    expect(await bench.member(id, member)).toMatchObject({ address: '2001:db8::1' });
  });
});
