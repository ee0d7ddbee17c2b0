import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { CertificateRetrievalError } from '../../../../../lib/errors/cloud.ts';
import { newLoadBalancer } from '../../../../fixtures/load-balancer.ts';
import { useTable } from '../../../../helpers/table.ts';
import { SETTINGS } from '../support/api.ts';
import { inside, type Workbench, workbench } from '../support/resources.ts';

beforeAll(useTable);

const CERTIFICATE = 'http://key-manager/v1/containers/6a0a707c-45ef-4758-b533-e55adddba8ce';

describe('POST of a listener', () => {
  it('answers 201 with every field, and what is not given at its default', async () => {
    const { loadBalancer, listener } = await workbench();
    const shown = await listener({ name: null, insert_headers: { 'X-Forwarded-For': 'True' } });
    expect(shown).toEqual({
      id: expect.any(String),
      name: '',
      description: '',
      project_id: loadBalancer.project_id,
      tenant_id: loadBalancer.project_id,
      provisioning_status: 'PENDING_CREATE',
      operating_status: 'OFFLINE',
      admin_state_up: true,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
      updated_at: null,
      tags: [],
      protocol: 'HTTP',
      protocol_port: 80,
      connection_limit: -1,
      default_pool_id: null,
      default_tls_container_ref: null,
      sni_container_refs: [],
      client_ca_tls_container_ref: null,
      client_authentication: 'NONE',
      client_crl_container_ref: null,
      insert_headers: { 'X-Forwarded-For': 'True' },
      timeout_client_data: 50_000,
      timeout_member_connect: 5_000,
      timeout_member_data: 50_000,
      timeout_tcp_inspect: 0,
      allowed_cidrs: null,
      tls_ciphers: null,
      tls_versions: null,
      alpn_protocols: null,
      hsts_max_age: null,
      hsts_include_subdomains: false,
      hsts_preload: false,
      loadbalancers: [{ id: loadBalancer.id }],
      l7policies: [],
    });
  });

  it('gives a TLS listener the deployment’s ciphers, versions and ALPN protocols', async () => {
    const { listener } = await workbench();
    expect(await listener({ protocol: 'TERMINATED_HTTPS', default_tls_container_ref: CERTIFICATE })).toMatchObject({
      default_tls_container_ref: CERTIFICATE,
      tls_ciphers: SETTINGS.defaultListenerCiphers,
      tls_versions: SETTINGS.defaultListenerTlsVersions,
      alpn_protocols: SETTINGS.defaultListenerAlpnProtocols,
    });
  });

  it('shares its secrets in the caller’s name before it reads them', async () => {
    const asked: unknown[] = [];
    const checks = {
      grant: async (references: object, token: string) => void asked.push(['grant', references, token]),
      check: async (references: object) => void asked.push(['check', references]),
    };
    const { listener, token } = await workbench({ tlsReferences: async () => checks });
    await listener({ protocol: 'TERMINATED_HTTPS', sni_container_refs: [CERTIFICATE, CERTIFICATE] });
    const references = { certificates: [CERTIFICATE], ca: null, crl: null };
    expect(asked).toEqual([
      ['grant', references, token],
      ['check', references],
    ]);
  });

  it.each(['HTTP', 'TCP', 'HTTPS', 'UDP', 'SCTP', 'PROMETHEUS'])(
    'takes empty TLS options on a %s listener',
    async (protocol) => {
      const { listener } = await workbench();
      const empty = { tls_versions: [], alpn_protocols: [], tls_ciphers: '' };
      expect(await listener({ protocol, ...empty })).toMatchObject(empty);
    },
  );

  it('takes its own answer, as far as it can be written', async () => {
    const { listener, call } = await workbench();
    const { id, ...shown } = await listener();
    const names = ['tls_versions', 'alpn_protocols', 'tls_ciphers', 'insert_headers', 'allowed_cidrs', 'tags'];
    const again = Object.fromEntries(Object.entries(shown).filter(([name]) => names.includes(name)));
    expect(again).toMatchObject({ tls_versions: null, alpn_protocols: null, allowed_cidrs: null });
    expect(await listener({ ...again, protocol_port: 81 })).toMatchObject(again);
    expect((await call('PUT', `listeners/${id}`, { listener: again })).status).toBe(200);
  });

  it.each([
    [['10.1.2.3'], ['10.1.2.3/32']],
    [['10.0.0.1/8', '10.0.0.0/255.0.0.0', '10.9.9.9/0.255.255.255', '10.0.0.0/08'], ['10.0.0.0/8']],
    [
      ['2001:DB8::1', '2001:0db8:0::1/128', 'fd00::9/8'],
      ['2001:db8::1/128', 'fd00::/8'],
    ],
    [[], null],
  ])('stores each of the blocks %j once, in its normal form', async (given, allowed_cidrs) => {
    const vip = { ...newLoadBalancer().vip, ip_address: '2001:db8::10' };
    const additional = { port_id: 'p', network_id: 'n', subnet_id: 's', ip_address: '10.0.0.9' };
    const { call, listener } = await workbench({}, { vip, additional_vips: [additional] });
    const { id, ...shown } = await listener({ allowed_cidrs: given });
    expect(shown).toMatchObject({ allowed_cidrs });
    const changed = await call('PUT', `listeners/${id}`, { listener: { allowed_cidrs: given } });
    expect(inside(changed, 'listener')).toMatchObject({ allowed_cidrs });
  });

  it('is created once for an idempotency key', async () => {
    const { api, token, loadBalancer } = await workbench();
    const body = { listener: { loadbalancer_id: loadBalancer.id, protocol: 'TCP', protocol_port: 5432 } };
    const headers = { 'x-idempotency-key': randomUUID() };
    const post = () => api.call('/v2.0/lbaas/listeners', { method: 'POST', token, headers, body });
    const [first, second] = [await post(), await post()];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(inside(second, 'listener').id).toBe(inside(first, 'listener').id);
  });
});

describe('a refused POST of a listener', () => {
  let bench: Workbench;
  beforeAll(async () => {
    const check = async () => {
      throw new CertificateRetrievalError(`Could not retrieve certificate: ${CERTIFICATE} is not in the key manager.`);
    };
    bench = await workbench({ tlsReferences: async () => ({ grant: async () => {}, check }) });
    await bench.listener({ protocol_port: 8080 });
  });

  const tls = { protocol: 'TERMINATED_HTTPS', default_tls_container_ref: CERTIFICATE };

  it.each([
    [{ protocol: 'GOPHER' }, 400, /field\/attribute protocol. Value: 'GOPHER'/],
    [{ protocol_port: 0 }, 400, /protocol_port. Value: '0'. Value should be greater or equal to 1/],
    [{ connection_limit: -2 }, 400, /connection_limit/],
    [{ colour: 'red' }, 400, /^Unknown attribute for argument listener.listener: colour$/],
    [{ loadbalancer_id: '6a0a707c-45ef-4758-b533-e55adddba8ce' }, 404, /^Load Balancer .* not found\.$/],
    [{ default_pool_id: '6a0a707c-45ef-4758-b533-e55adddba8ce' }, 404, /^Pool .* not found\.$/],
    [{ protocol_port: 8080 }, 409, /already using protocol HTTP and protocol_port 8080$/],
    [{ protocol: 'TCP', protocol_port: 8080 }, 409, /already using protocol TCP and protocol_port 8080$/],
    [{ protocol: 'TERMINATED_HTTPS' }, 400, /An SNI or default certificate container reference must be provided/],
    [{ default_tls_container_ref: CERTIFICATE }, 400, /not allowed on HTTP protocol listeners/],
    [{ protocol: 'UDP', default_tls_container_ref: CERTIFICATE }, 400, /UDP protocol listener does not support TLS/],
    [{ ...tls, client_authentication: 'MANDATORY' }, 400, /requires a client CA container reference/],
    [{ ...tls, client_crl_container_ref: CERTIFICATE }, 400, /CA reference is required to specify/],
    [tls, 400, /^Could not retrieve certificate: .* is not in the key manager\.$/],
    [{ ...tls, tls_ciphers: 'AES128-SHA:RC4-SHA' }, 400, /prohibited by an administrator: RC4-SHA/],
    [{ ...tls, tls_ciphers: 'A\nB' }, 400, /tls_ciphers.*is not an OpenSSL cipher string/s],
    [{ ...tls, tls_versions: ['TLSv1', 'TLSv1.2'] }, 400, /less than the minimum: TLSv1 < TLSv1.1/],
    [{ ...tls, tls_versions: [] }, 400, /Empty TLS version list/],
    [{ ...tls, alpn_protocols: [] }, 400, /Empty ALPN protocol list/],
    [{ insert_headers: { 'X-Colour': 'true' } }, 400, /^X-Colour is not a valid option for insert_headers$/],
    [{ insert_headers: JSON.parse('{"__proto__": "true"}') }, 400, /insert_headers.*unknown name __proto__$/],
    [{ insert_headers: { constructor: 'true' } }, 400, /^constructor is not a valid option for insert_headers$/],
    [{ insert_headers: { 'X-Forwarded-For': true } }, 400, /X-Forwarded-For.*Value should be string$/],
    [{ insert_headers: { 'X-Forwarded-For': 'a'.repeat(256) } }, 400, /X-Forwarded-For.*maximum character/],
    [{ insert_headers: [] }, 400, /insert_headers.*Value should be a mapping$/],
    [{ insert_headers: { 'X-SSL-Client-DN': 'true' } }, 400, /^X-SSL-Client-DN is not a valid option for HTTP/],
    [
      { protocol: 'TCP', insert_headers: { 'X-Forwarded-For': 'true' } },
      400,
      /^insert-headers is not a valid option for a TCP/,
    ],
    [
      { protocol: 'SCTP', insert_headers: { 'X-Forwarded-For': 'true' } },
      400,
      /^insert-headers is not a valid option for a SCTP/,
    ],
    [{ hsts_max_age: 100 }, 400, /^HSTS is not a valid option for HTTP/],
    [{ ...tls, hsts_preload: true }, 400, /need hsts_max_age/],
    [{ allowed_cidrs: ['2001:db8::/32'] }, 400, /incompatible with all VIPs 10.0.0.10/],
    [{ allowed_cidrs: ['10.0.0.0/33'] }, 400, /allowed_cidrs.*should be IPv4 or IPv6 CIDR format$/],
    [{ l7policies: [{}] }, 400, /field\/attribute action. Value: 'None'. Mandatory field missing/],
  ])('of %j is refused with the reason', async (fields, status, text) => {
    const body = { loadbalancer_id: bench.loadBalancer.id, protocol: 'HTTP', protocol_port: 80, ...fields };
    const [code, told] = await bench.refused('POST', 'listeners', { listener: body });
    expect(told).toMatch(text);
    expect(code).toBe(status);
  });

  it('says that a load balancer that cannot change is immutable', async () => {
    const { loadBalancer, refused } = await workbench();
    const inError = await workbench();
    expect(await inError.call('DELETE', `loadbalancers/${inError.loadBalancer.id}`)).toMatchObject({ status: 204 });
    const { id } = inError.loadBalancer;
    const body = { listener: { loadbalancer_id: id, protocol: 'HTTP', protocol_port: 80 } };
    expect(await inError.refused('POST', 'listeners', body)).toEqual([
      409,
      `Load Balancer ${id} is immutable and cannot be updated.`,
    ]);
    expect(await refused('POST', 'listeners', body)).toEqual([
      403,
      'Policy does not allow this request to be performed.',
    ]);
    expect(loadBalancer.id).not.toBe(id);
  });

  it.each(['allowTlsTerminatedListeners', 'allowPrometheusListeners'] as const)('holds to %s', async (flag) => {
    const { loadBalancer, refused } = await workbench({ settings: () => ({ ...SETTINGS, [flag]: false }) });
    const protocol = flag === 'allowPrometheusListeners' ? 'PROMETHEUS' : 'TERMINATED_HTTPS';
    const listener = { loadbalancer_id: loadBalancer.id, protocol, protocol_port: 80 };
    expect(await refused('POST', 'listeners', { listener })).toEqual([
      400,
      `The selected protocol is not allowed in this deployment: ${protocol}`,
    ]);
  });
});

describe('a listener beside security groups of the tenant’s', () => {
  it('has no allowed CIDRs, from the start or later', async () => {
    const bench = await workbench({}, { vip: { ...newLoadBalancer().vip, sg_ids: ['theirs'] } });
    const refusal = 'Validation failure: Allowed CIDRs are not allowed when using custom VIP Security Groups.';
    const fields = { loadbalancer_id: bench.loadBalancer.id, protocol: 'HTTP', protocol_port: 81 };
    const cidrs = { allowed_cidrs: ['10.0.0.0/8'] };
    expect(await bench.refused('POST', 'listeners', { listener: { ...fields, ...cidrs } })).toEqual([400, refusal]);
    const { id } = await bench.listener();
    expect(await bench.refused('PUT', `listeners/${id}`, { listener: cidrs })).toEqual([400, refusal]);
  });
});
