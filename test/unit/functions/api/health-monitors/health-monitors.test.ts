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
    ['HTTP', { domain_name: 'a.example' }, /'http_version' must be specified when 'domain_name' is provided\.$/],
    ['HTTP', { type: 'TCP', domain_name: 'a.example' }, /'http_version' must be specified/],
    ['HTTP', { domain_name: 'a.example', http_version: 1.0 }, /^http_version 1.0 is not a valid option for health mon/],
    ['HTTP', { domain_name: 'a b', http_version: 1.1 }, /domain_name.*is not a domain name$/],
    ['HTTP', { type: 'TCP', url_path: '/' }, /^url_path is not a valid option for health monitors of type TCP$/],
    ['HTTP', { type: 'PING' }, /^The selected type is not allowed in this deployment: PING$/],
    ['HTTP', { type: 'UDP-CONNECT' }, /UDP-CONNECT type is only supported for pools of type UDP\/SCTP\.$/],
    [
      'UDP',
      { type: 'HTTPS' },
      /protocol is UDP, so only a UDP-CONNECT\/SCTP\/TCP\/HTTP health monitor is supported\.$/,
    ],
    ['UDP', { type: 'UDP-CONNECT', delay: 2 }, /delay value 2 should be larger than 3 for UDP-CONNECT health mon/],
    ['UDP', { http_method: 'HEAD' }, /protocol is UDP, so only the http_method GET is supported: HEAD\.$/],
  ])('of a %s pool with %j is refused with the reason', async (protocol, fields, text) => {
    const pool_id = protocol === 'UDP' ? udp : http;
    const healthmonitor = { pool_id, type: 'HTTP', delay: 5, timeout: 3, max_retries: 2, ...fields };
    const [code, told] = await bench.refused('POST', 'healthmonitors', { healthmonitor });
    expect(told).toMatch(text);
    expect(code).toBe(400);
  });
});

describe('a health monitor of another type than HTTP and HTTPS', () => {
  it.each(['TCP', 'PING', 'TLS-HELLO'])('may have an http_version and a domain_name: %s', async (type) => {
    const { monitor, pool } = await workbench();
    const { id } = await pool();
    const shown = await monitor(id, { type, http_version: 1.1, domain_name: 'a.example' });
    expect(shown).toMatchObject({ type, http_version: 1.1, domain_name: 'a.example', url_path: null });
  });

  it.each(['url_path', 'http_method', 'expected_codes'])('has no %s, not even one to reset', async (field) => {
    const { monitor, pool, refused } = await workbench();
    const { id: poolId } = await pool();
    const { id } = await monitor(poolId, { type: 'TCP' });
    expect(await refused('PUT', `healthmonitors/${id}`, { healthmonitor: { [field]: null } })).toEqual([
      400,
      `${field} is not a valid option for health monitors of type TCP`,
    ]);
  });
});

describe('a health monitor of an SCTP pool', () => {
  it('asks with GET, also when it is changed or comes with its pool', async () => {
    const { loadBalancer, call, monitor, pool, refused } = await workbench();
    const { id: poolId } = await pool({ protocol: 'SCTP' });
    const { id } = await monitor(poolId, { type: 'HTTP', http_method: 'GET' });
    const told =
      'Validation failure: The associated pool protocol is SCTP, so only the http_method GET is supported: POST.';
    const path = `healthmonitors/${id}`;
    expect(await refused('PUT', path, { healthmonitor: { http_method: 'POST' } })).toEqual([400, told]);
    expect(await call('PUT', path, { healthmonitor: { http_method: null } })).toMatchObject({ status: 200 });
    const healthmonitor = { type: 'HTTP', http_method: 'POST', delay: 5, timeout: 3, max_retries: 2 };
    const below = { protocol: 'SCTP', lb_algorithm: 'ROUND_ROBIN', loadbalancer_id: loadBalancer.id, healthmonitor };
    expect(await refused('POST', 'pools', { pool: below })).toEqual([400, told]);
  });
});

describe('POST of a health monitor without a pool', () => {
  it('is answered like one for a pool that is not there', async () => {
    const { refused } = await workbench();
    const healthmonitor = { pool_id: null, type: 'TCP', delay: 1, timeout: 1, max_retries: 1 };
    expect(await refused('POST', 'healthmonitors', { healthmonitor })).toEqual([404, 'Pool None not found.']);
  });
});

describe('PUT of a health monitor', () => {
  it('takes back http_version and domain_name one by one, and no domain_name without a version', async () => {
    const { call, monitor, pool, refused } = await workbench();
    const { id: poolId } = await pool();
    const { id } = await monitor(poolId, { http_version: 1.1, domain_name: 'a.example' });
    const put = async (healthmonitor: object) =>
      inside(await call('PUT', `healthmonitors/${id}`, { healthmonitor }), 'healthmonitor');
    expect(await refused('PUT', `healthmonitors/${id}`, { healthmonitor: { http_version: 1.0 } })).toEqual([
      400,
      'http_version 1.0 is not a valid option for health monitors HTTP 1.1 domain name health check',
    ]);
    expect(await put({ http_version: null })).toMatchObject({ http_version: null, domain_name: 'a.example' });
    expect(await put({ domain_name: null })).toMatchObject({ http_version: null, domain_name: null });
    expect(await refused('PUT', `healthmonitors/${id}`, { healthmonitor: { domain_name: 'b.example' } })).toEqual([
      400,
      "Validation failure: 'http_version' must be specified when 'domain_name' is provided.",
    ]);
  });

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
