import { beforeAll, describe, expect, it } from 'vitest';
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
    [{ subnet_id: STRANGE_SUBNET }, 400, new RegExp(`^Subnet ${STRANGE_SUBNET} not found\\.$`)],
    [{ request_sriov: true }, 400, /SR-IOV members are not allowed/],
  ])('of %j is told why', async (fields, status, text) => {
    const { pool, refused } = await workbench();
    const { id } = await pool();
    const body = { member: { address: '10.2.0.5', protocol_port: 80, ...fields } };
    const [code, told] = await refused('POST', `pools/${id}/members`, body);
    expect(told).toMatch(text);
    expect(code).toBe(status);
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
      ['10.2.0.1', 5, 'PENDING_CREATE'],
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

  it('is refused as a whole', async () => {
    const { pool, refused } = await workbench();
    const { id } = await pool();
    const put = (members: unknown) => refused('PUT', `pools/${id}/members`, { members });
    expect(await put([at('10.2.0.1'), at('10.2.0.1', { weight: 2 })])).toEqual([
      400,
      'Validation failure: Member must be updated only once in the same request.',
    ]);
    expect(await put([at('10.2.0.1'), at('169.254.169.254')])).toMatchObject([400, expect.any(String)]);
    expect(await put({})).toMatchObject([400, expect.any(String)]);
  });
});
