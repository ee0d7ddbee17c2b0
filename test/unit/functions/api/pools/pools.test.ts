import { beforeAll, describe, expect, it } from 'vitest';
import { CertificateRetrievalError } from '../../../../../lib/errors/cloud.ts';
import { useTable } from '../../../../helpers/table.ts';
import { SETTINGS } from '../support/api.ts';
import { inside, listed, type Workbench, workbench } from '../support/resources.ts';

beforeAll(useTable);

const SECRET = 'http://key-manager/v1/secrets/6a0a707c-45ef-4758-b533-e55adddba8ce';

describe('POST of a pool', () => {
  it('answers 201 with every field, and what is not given at its default', async () => {
    const { loadBalancer, pool } = await workbench();
    expect(await pool({ name: 'p' })).toMatchObject({
      name: 'p',
      project_id: loadBalancer.project_id,
      admin_state_up: true,
      provisioning_status: 'PENDING_CREATE',
      protocol: 'HTTP',
      lb_algorithm: 'ROUND_ROBIN',
      session_persistence: null,
      tls_enabled: false,
      tls_container_ref: null,
      ca_tls_container_ref: null,
      crl_container_ref: null,
      tls_ciphers: null,
      tls_versions: null,
      alpn_protocols: null,
      loadbalancers: [{ id: loadBalancer.id }],
      listeners: [],
      members: [],
    });
  });

  it('makes it the default pool of its listener, which has one at most', async () => {
    const { listener, made, refused, call } = await workbench();
    const { id } = await listener();
    const fields = { listener_id: id, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' };
    const pool = await made('pools', 'pool', fields);
    expect(pool).toMatchObject({ listeners: [{ id }] });
    expect(inside(await call('GET', `listeners/${id}`), 'listener')).toMatchObject({ default_pool_id: pool.id });
    expect(await refused('POST', 'pools', { pool: fields })).toEqual([409, 'This listener already has a default pool']);
  });

  it('gives a TLS pool the deployment’s ciphers, versions and ALPN protocols', async () => {
    const { pool } = await workbench();
    expect(await pool({ tls_enabled: true })).toMatchObject({
      tls_ciphers: SETTINGS.defaultPoolCiphers,
      tls_versions: SETTINGS.defaultPoolTlsVersions,
      alpn_protocols: SETTINGS.defaultPoolAlpnProtocols,
    });
  });
});

describe('a refused POST of a pool', () => {
  let bench: Workbench;
  let udpListener: string;
  beforeAll(async () => {
    bench = await workbench();
    ({ id: udpListener } = await bench.listener({ protocol: 'UDP', protocol_port: 53 }));
  });

  const sticky = (fields: object) => ({ session_persistence: fields });

  it.each([
    [{ protocol: 'GOPHER' }, 400, /field\/attribute protocol/],
    [{ lb_algorithm: undefined }, 400, /lb_algorithm. Value: 'None'. Mandatory field missing/],
    [{ lb_algorithm: 'SOURCE_IP_PORT' }, 501, /does not support a requested option: lb_algorithm SOURCE_IP_PORT$/],
    [{ loadbalancer_id: null }, 400, /Must provide at least one of: loadbalancer_id, listener_id$/],
    [sticky({ type: 'APP_COOKIE' }), 400, /"cookie_name" must be specified/],
    [sticky({ type: 'SOURCE_IP', cookie_name: 'a' }), 400, /"cookie_name" can only be specified/],
    [sticky({ type: 'APP_COOKIE', cookie_name: 'a;b' }), 400, /"cookie_name" is invalid/],
    [sticky({ type: 'APP_COOKIE', cookie_name: 'a\nb' }), 400, /"cookie_name" is invalid/],
    [sticky({ type: 'SOURCE_IP', persistence_timeout: 5 }), 400, /are for UDP and SCTP pools/],
    [sticky({ type: 'SOURCE_IP', persistence_granularity: '255.0.255.0' }), 400, /is neither an IPv4 netmask/],
    [{ protocol: 'UDP', ...sticky({ type: 'HTTP_COOKIE' }) }, 400, /not supported for UDP protocol pools/],
    [{ protocol: 'SCTP', tls_enabled: true }, 400, /"tls_enabled" is not supported for SCTP/],
    [{ crl_container_ref: SECRET }, 400, /CA certificate reference is required/],
    [{ healthmonitor: { type: 'TCP' } }, 400, /field\/attribute delay. Value: 'None'. Mandatory field missing/],
  ])('of %j is refused with the reason', async (fields, status, text) => {
    const pool = {
      loadbalancer_id: bench.loadBalancer.id,
      protocol: 'HTTP',
      lb_algorithm: 'ROUND_ROBIN',
      ...fields,
    };
    const [code, told] = await bench.refused('POST', 'pools', { pool });
    expect(told).toMatch(text);
    expect(code).toBe(status);
  });

  it('for a listener of another protocol is refused with the reason', async () => {
    const pool = { listener_id: udpListener, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' };
    expect(await bench.refused('POST', 'pools', { pool })).toEqual([
      400,
      "Validation failure: The pool protocol 'HTTP' is invalid while the listener protocol is 'UDP'.",
    ]);
  });
});

describe('key manager references of a pool without TLS', () => {
  const asked: unknown[] = [];
  const checks = {
    grant: async () => {},
    check: async (references: object, former: object | null = null) => {
      asked.push([references, former]);
      throw new CertificateRetrievalError(`Could not retrieve certificate: ${SECRET}`);
    },
  };
  const references = [{ tls_container_ref: SECRET }, { ca_tls_container_ref: SECRET }];
  const told = [400, expect.stringMatching(/^Could not retrieve certificate: /)];

  it.each(references)('are read when %j is given in POST and PUT', async (fields) => {
    const bench = await workbench({ tlsReferences: async () => checks });
    const { loadBalancer, pool, refused } = bench;
    const whole = { protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' };
    expect(await refused('POST', 'pools', { pool: { ...whole, loadbalancer_id: loadBalancer.id, ...fields } })).toEqual(
      told,
    );
    const { id } = await pool();
    expect(await refused('PUT', `pools/${id}`, { pool: fields })).toEqual(told);
    const listener = { loadbalancer_id: loadBalancer.id, protocol: 'HTTP', protocol_port: 80 };
    const nested = { ...listener, default_pool: { ...whole, ...fields } };
    expect(await refused('POST', 'listeners', { listener: nested })).toEqual(told);
  });

  it('are read again when TLS is switched on', async () => {
    const quiet = { ...checks, check: async (...given: unknown[]) => void asked.push(given) };
    const { call, pool } = await workbench({ tlsReferences: async () => quiet });
    const { id } = await pool({ tls_container_ref: SECRET });
    asked.length = 0;
    expect((await call('PUT', `pools/${id}`, { pool: { tls_enabled: true } })).status).toBe(200);
    expect(asked).toEqual([[{ certificates: [SECRET], ca: null, crl: null }, null]]);
  });
});

describe('PUT of a pool', () => {
  it('replaces persistence as a whole but its type, and clears it with null', async () => {
    const { call, pool, refused } = await workbench();
    const { id } = await pool({ session_persistence: { type: 'APP_COOKIE', cookie_name: "it's" } });
    const put = async (session_persistence: object | null) =>
      inside(await call('PUT', `pools/${id}`, { pool: { session_persistence } }), 'pool').session_persistence;
    expect(await put({ cookie_name: 'b' })).toMatchObject({ type: 'APP_COOKIE', cookie_name: 'b' });
    const body = { pool: { session_persistence: { type: 'APP_COOKIE' } } };
    expect(await refused('PUT', `pools/${id}`, body)).toEqual([400, expect.stringMatching(/"cookie_name" must be/)]);
    expect(await put({ type: 'HTTP_COOKIE' })).toMatchObject({ type: 'HTTP_COOKIE', cookie_name: null });
    expect(await put(null)).toBeNull();
  });

  it('keeps the type of a persistence, and none of its other fields', async () => {
    const { call, pool } = await workbench();
    const { id } = await pool({ protocol: 'UDP', session_persistence: { type: 'SOURCE_IP', persistence_timeout: 0 } });
    const session_persistence = { persistence_granularity: '255.255.0.0' };
    const changed = inside(await call('PUT', `pools/${id}`, { pool: { session_persistence } }), 'pool');
    expect(changed.session_persistence).toEqual({
      type: 'SOURCE_IP',
      cookie_name: null,
      persistence_timeout: null,
      persistence_granularity: '255.255.0.0',
    });
  });

  it('resets TLS options as upstream does: ALPN to none', async () => {
    const { call, pool } = await workbench();
    const { id } = await pool({ tls_versions: [], alpn_protocols: [], tls_ciphers: '' });
    const nulls = { tls_versions: null, tls_ciphers: null, alpn_protocols: null };
    expect(inside(await call('PUT', `pools/${id}`, { pool: nulls }), 'pool')).toMatchObject({
      tls_enabled: false,
      tls_versions: SETTINGS.defaultPoolTlsVersions,
      tls_ciphers: SETTINGS.defaultPoolCiphers,
      alpn_protocols: null,
    });
  });

  it('gives a pool that turns to TLS its defaults', async () => {
    const { call, pool } = await workbench();
    const { id } = await pool();
    expect(inside(await call('PUT', `pools/${id}`, { pool: { tls_enabled: true } }), 'pool')).toMatchObject({
      tls_enabled: true,
      tls_ciphers: SETTINGS.defaultPoolCiphers,
    });
  });
});

describe('DELETE of a pool', () => {
  it('is refused while a policy sends traffic to it, and shows it as the policy’s listener’s', async () => {
    const { call, listener, made, policy, pool, refused } = await workbench();
    const [{ id: listenerId }, { id: poolId }] = [await listener(), await pool()];
    const { id } = await policy(listenerId, { action: 'REDIRECT_TO_POOL', redirect_pool_id: poolId });
    expect(inside(await call('GET', `pools/${poolId}`), 'pool')).toMatchObject({ listeners: [] });
    await made(`l7policies/${id}/rules`, 'rule', { type: 'PATH', compare_type: 'EQUAL_TO', value: '/' });
    expect(inside(await call('GET', `pools/${poolId}`), 'pool')).toMatchObject({ listeners: [{ id: listenerId }] });
    expect(await refused('DELETE', `pools/${poolId}`)).toEqual([409, `Pool ${poolId} is in use by L7 policy ${id}`]);
  });

  it('answers 204', async () => {
    const { call, pool } = await workbench();
    const { id } = await pool();
    expect((await call('DELETE', `pools/${id}`)).status).toBe(204);
    expect(listed(await call('GET', 'pools'), 'pools')).toMatchObject([{ id, provisioning_status: 'PENDING_DELETE' }]);
  });
});
