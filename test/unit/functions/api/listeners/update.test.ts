import { beforeAll, describe, expect, it } from 'vitest';
import { useTable } from '../../../../helpers/table.ts';
import { SETTINGS } from '../support/api.ts';
import { inside, workbench } from '../support/resources.ts';

beforeAll(useTable);

const CERTIFICATE = 'http://key-manager/v1/containers/6a0a707c-45ef-4758-b533-e55adddba8ce';

describe('PUT of a listener', () => {
  it('keeps what is absent and resets what is null', async () => {
    const { call, listener, pool } = await workbench();
    const { id: poolId } = await pool();
    const made = await listener({
      protocol: 'TERMINATED_HTTPS',
      default_tls_container_ref: CERTIFICATE,
      name: 'web',
      default_pool_id: poolId,
      connection_limit: 7,
      timeout_client_data: 1,
      tls_versions: ['TLSv1.3'],
      tls_ciphers: 'A',
      alpn_protocols: ['h2'],
      hsts_max_age: 5,
      hsts_preload: true,
      allowed_cidrs: ['10.0.0.0/8'],
      insert_headers: { 'X-Forwarded-Port': 'true' },
    });
    const kept = inside(await call('PUT', `listeners/${made.id}`, { listener: { description: 'd' } }), 'listener');
    const { updated_at, provisioning_status, ...fields } = kept;
    expect(fields).toEqual({ ...made, description: 'd', updated_at: undefined, provisioning_status: undefined });
    expect(updated_at).not.toBeNull();

    const nulls = {
      admin_state_up: null,
      default_pool_id: null,
      connection_limit: null,
      timeout_client_data: null,
      tls_versions: null,
      tls_ciphers: null,
      alpn_protocols: null,
      hsts_max_age: null,
      hsts_preload: null,
      allowed_cidrs: null,
      insert_headers: null,
      name: null,
    };
    expect(inside(await call('PUT', `listeners/${made.id}`, { listener: nulls }), 'listener')).toMatchObject({
      name: '',
      admin_state_up: false,
      default_pool_id: null,
      connection_limit: -1,
      timeout_client_data: SETTINGS.timeoutClientData,
      tls_versions: SETTINGS.defaultListenerTlsVersions,
      tls_ciphers: SETTINGS.defaultListenerCiphers,
      alpn_protocols: SETTINGS.defaultListenerAlpnProtocols,
      hsts_max_age: null,
      hsts_preload: false,
      allowed_cidrs: null,
      insert_headers: {},
    });
  });

  it('resets TLS options to the deployment’s also where there is no TLS, and takes no empty lists', async () => {
    const { call, listener, refused } = await workbench();
    const { id } = await listener({ protocol: 'TCP' });
    const put = (fields: object) => call('PUT', `listeners/${id}`, { listener: fields });
    expect(inside(await put({ tls_ciphers: '' }), 'listener')).toMatchObject({ tls_ciphers: '', tls_versions: null });
    const nulls = { tls_versions: null, tls_ciphers: null, alpn_protocols: null };
    expect(inside(await put(nulls), 'listener')).toMatchObject({
      tls_versions: SETTINGS.defaultListenerTlsVersions,
      tls_ciphers: SETTINGS.defaultListenerCiphers,
      alpn_protocols: SETTINGS.defaultListenerAlpnProtocols,
    });
    for (const [fields, text] of [
      [{ tls_versions: [] }, /Empty TLS version list/],
      [{ alpn_protocols: [] }, /Empty ALPN protocol list/],
    ] as const) {
      const [status, told] = await refused('PUT', `listeners/${id}`, { listener: fields });
      expect([status, told]).toEqual([400, expect.stringMatching(text)]);
    }
  });

  it('does not take the last certificate from a TLS listener', async () => {
    const { listener, refused } = await workbench();
    const { id } = await listener({ protocol: 'TERMINATED_HTTPS', default_tls_container_ref: CERTIFICATE });
    const fields = { default_tls_container_ref: null, sni_container_refs: null };
    expect(await refused('PUT', `listeners/${id}`, { listener: fields })).toEqual([
      400,
      expect.stringMatching(/An SNI or default certificate container reference must be provided/),
    ]);
  });

  it('is measured by what the listener will be', async () => {
    const { listener, pool, refused } = await workbench();
    const { id } = await listener();
    const { id: udp } = await pool({ protocol: 'UDP' });
    const put = (fields: object) => refused('PUT', `listeners/${id}`, { listener: fields });
    expect(await put({ default_pool_id: udp })).toEqual([
      400,
      "Validation failure: The pool protocol 'UDP' is invalid while the listener protocol is 'HTTP'.",
    ]);
    expect(await put({ default_tls_container_ref: CERTIFICATE })).toMatchObject([400, expect.any(String)]);
    expect(await put({ protocol_port: 81 })).toEqual([
      400,
      'Unknown attribute for argument listener.listener: protocol_port',
    ]);
  });

  it('does not take a pool of another load balancer', async () => {
    const [mine, other] = [await workbench(), await workbench()];
    const { id } = await mine.listener();
    const { id: poolId } = await other.pool();
    expect(await mine.refused('PUT', `listeners/${id}`, { listener: { default_pool_id: poolId } })).toEqual([
      404,
      `Pool ${poolId} not found.`,
    ]);
  });
});
