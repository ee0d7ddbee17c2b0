import { beforeAll, describe, expect, it } from 'vitest';
import { useTable } from '../../../../helpers/table.ts';
import { SETTINGS } from '../support/api.ts';
import { inside, listed, type Workbench, workbench } from '../support/resources.ts';

beforeAll(useTable);

describe('POST of a health monitor', () => {
  it('answers 201, with the defaults of what speaks HTTP', async () => {
    const { call, monitor, pool } = await workbench();
    const { id: poolId } = await pool();
    const shown = await monitor(poolId, { http_version: '1.1', domain_name: 'a.example' });
    expect(shown).toMatchObject({
      type: 'HTTP',
      delay: 5,
      timeout: 3,
      max_retries: 2,
      max_retries_down: 3,
      http_method: 'GET',
      url_path: '/',
      expected_codes: '200',
      http_version: 1.1,
      domain_name: 'a.example',
      pools: [{ id: poolId }],
    });
    expect(inside(await call('GET', `pools/${poolId}`), 'pool')).toMatchObject({ healthmonitor_id: shown.id });
    expect(listed(await call('GET', `healthmonitors?pool_id=${poolId}`), 'healthmonitors')).toEqual([shown]);
  });

  it('is refused for a pool that has one', async () => {
    const { monitor, pool, refused } = await workbench();
    const { id: pool_id } = await pool();
    await monitor(pool_id);
    const healthmonitor = { pool_id, type: 'TCP', delay: 1, timeout: 1, max_retries: 1 };
    expect(await refused('POST', 'healthmonitors', { healthmonitor })).toEqual([
      409,
      'This pool already has a health monitor',
    ]);
  });
});

describe('a refused POST of a health monitor', () => {
  let bench: Workbench;
  let http: string;
  let udp: string;
  beforeAll(async () => {
    bench = await workbench({ settings: () => ({ ...SETTINGS, allowPingHealthMonitors: false }) });
    ({ id: http } = await bench.pool());
    ({ id: udp } = await bench.pool({ protocol: 'UDP' }));
  });

  it.each([
    ['HTTP', { delay: undefined }, /delay. Value: 'None'. Mandatory field missing/],
    ['HTTP', { max_retries: 11 }, /max_retries/],
    ['HTTP', { url_path: 'x' }, /url_path.*does not start with one slash$/],
    ['HTTP', { url_path: '/a b' }, /url_path/],
    ['HTTP', { expected_codes: '2xx' }, /expected_codes/],
    ['HTTP', { http_version: 2 }, /http_version/],
    ['HTTP', { domain_name: 'a.example' }, /^http_version None is not a valid option for health monitors HTTP 1.1/],
    ['HTTP', { domain_name: 'a b', http_version: 1.1 }, /domain_name.*is not a domain name$/],
    ['HTTP', { type: 'TCP', url_path: '/' }, /^url_path is not a valid option for health monitors of type TCP$/],
    ['HTTP', { type: 'PING' }, /^The selected type is not allowed in this deployment: PING$/],
    ['HTTP', { type: 'UDP-CONNECT' }, /UDP-CONNECT type is only supported for pools of protocol UDP or SCTP/],
    ['UDP', { type: 'HTTPS' }, /The associated pool protocol is UDP/],
    ['UDP', { type: 'UDP-CONNECT', delay: 2 }, /delay value 2 should be larger than 3/],
  ])('of a %s pool with %j is told why', async (protocol, fields, text) => {
    const pool_id = protocol === 'UDP' ? udp : http;
    const healthmonitor = { pool_id, type: 'HTTP', delay: 5, timeout: 3, max_retries: 2, ...fields };
    const [code, told] = await bench.refused('POST', 'healthmonitors', { healthmonitor });
    expect(told).toMatch(text);
    expect(code).toBe(400);
  });
});

describe('PUT of a health monitor', () => {
  it('resets with null what has a default, and refuses null for what has none', async () => {
    const { call, monitor, pool, refused } = await workbench();
    const { id: poolId } = await pool();
    const { id } = await monitor(poolId, { url_path: '/health', expected_codes: '200-204', max_retries_down: 9 });
    const path = `healthmonitors/${id}`;
    const nulls = { url_path: null, expected_codes: null, http_method: null, max_retries_down: null, name: 'hm' };
    expect(inside(await call('PUT', path, { healthmonitor: nulls }), 'healthmonitor')).toMatchObject({
      name: 'hm',
      url_path: '/',
      expected_codes: '200',
      http_method: 'GET',
      max_retries_down: 3,
    });
    expect(await refused('PUT', path, { healthmonitor: { delay: null } })).toMatchObject([400, expect.any(String)]);
    expect(await refused('PUT', path, { healthmonitor: { type: 'TCP' } })).toMatchObject([400, expect.any(String)]);
    expect((await call('DELETE', path)).status).toBe(204);
  });
});
