import type { ListenerUpdates } from '../../../lib/changes/listeners.ts';
import { listenerReferences } from '../../../lib/drivers/certificate/tls-references.ts';
import { getLoadBalancer } from '../../../lib/repositories/objects/load-balancers.ts';
import { changeBelow } from '../children/change.ts';
import { commonUpdates } from '../children/common-fields.ts';
import { requestedChild, storedChild } from '../children/requested.ts';
import type { ApiDependencies, ApiSettings } from '../dependencies.ts';
import { parseUpdate } from '../fields/parse-resource.ts';
import { operationHeader } from '../operations/operation-header.ts';
import type { ApiHandler } from '../request.ts';
import { requesterOf } from '../requester.ts';
import { checkReferences } from '../tls/check-references.ts';
import { checkCiphers, checkTlsLists } from '../tls/options.ts';
import { type UpdateFields, updateFields, WRAPPING } from './body.ts';
import { checkListener } from './check.ts';
import { defaultPoolOf } from './create.ts';
import { defaultTlsOptions, insertHeaders } from './draft.ts';
import { shownListener } from './show.ts';

/** Fields that null sets to a value of their own; those of TLS also where there is no TLS, as upstream does. */
const resettable = (fields: UpdateFields, settings: ApiSettings): ListenerUpdates => {
  const tls = defaultTlsOptions(settings);
  const { timeout_client_data, timeout_member_connect, timeout_member_data, timeout_tcp_inspect } = fields;
  return {
    ...(fields.description !== undefined && { description: fields.description ?? '' }),
    ...(fields.connection_limit !== undefined && { connection_limit: fields.connection_limit ?? -1 }),
    ...(fields.client_authentication !== undefined && {
      client_authentication: fields.client_authentication ?? 'NONE',
    }),
    ...(timeout_client_data !== undefined && {
      timeout_client_data: timeout_client_data ?? settings.timeoutClientData,
    }),
    ...(timeout_member_connect !== undefined && {
      timeout_member_connect: timeout_member_connect ?? settings.timeoutMemberConnect,
    }),
    ...(timeout_member_data !== undefined && {
      timeout_member_data: timeout_member_data ?? settings.timeoutMemberData,
    }),
    ...(timeout_tcp_inspect !== undefined && {
      timeout_tcp_inspect: timeout_tcp_inspect ?? settings.timeoutTcpInspect,
    }),
    ...(fields.tls_ciphers !== undefined && { tls_ciphers: fields.tls_ciphers ?? tls.tls_ciphers }),
    ...(fields.tls_versions !== undefined && { tls_versions: fields.tls_versions ?? tls.tls_versions }),
    ...(fields.alpn_protocols !== undefined && { alpn_protocols: fields.alpn_protocols ?? tls.alpn_protocols }),
    ...(fields.hsts_include_subdomains !== undefined && {
      hsts_include_subdomains: fields.hsts_include_subdomains ?? false,
    }),
    ...(fields.hsts_preload !== undefined && { hsts_preload: fields.hsts_preload ?? false }),
  };
};

/** Fields that null empties. */
const emptied = (fields: UpdateFields): ListenerUpdates => ({
  ...(fields.default_pool_id !== undefined && { default_pool_id: fields.default_pool_id }),
  ...(fields.default_tls_container_ref !== undefined && {
    tls_certificate_id: fields.default_tls_container_ref || null,
  }),
  ...(fields.sni_container_refs !== undefined && { sni_containers: [...new Set(fields.sni_container_refs ?? [])] }),
  ...(fields.client_ca_tls_container_ref !== undefined && {
    client_ca_tls_certificate_id: fields.client_ca_tls_container_ref || null,
  }),
  ...(fields.client_crl_container_ref !== undefined && {
    client_crl_container_id: fields.client_crl_container_ref || null,
  }),
  ...(fields.insert_headers !== undefined && { insert_headers: insertHeaders(fields.insert_headers) }),
  ...(fields.allowed_cidrs !== undefined && { allowed_cidrs: [...new Set(fields.allowed_cidrs ?? [])] }),
  ...(fields.hsts_max_age !== undefined && { hsts_max_age: fields.hsts_max_age }),
});

const REFERENCES = [
  'tls_certificate_id',
  'sni_containers',
  'client_ca_tls_certificate_id',
  'client_crl_container_id',
] as const;

/** PUT /lbaas/listeners/{id} */
export const updatesListener =
  (dependencies: ApiDependencies): ApiHandler =>
  async (request) => {
    const settings = dependencies.settings();
    const find = () => requestedChild(request, 'listener');
    const { fields, found } = await parseUpdate(request.body, { ...WRAPPING, fields: updateFields }, find);
    checkCiphers(fields, settings);
    checkTlsLists(fields, settings);
    const updates: ListenerUpdates = {
      ...commonUpdates(fields),
      ...resettable(fields, settings),
      ...emptied(fields),
    };
    const wanted = { ...found, ...updates };
    const [loadBalancer, defaultPool] = await Promise.all([
      getLoadBalancer(found.load_balancer_id),
      updates.default_pool_id === undefined ? null : defaultPoolOf(wanted),
    ]);
    checkListener(wanted, { loadBalancer, defaultPool, settings });
    if (REFERENCES.some((reference) => updates[reference] !== undefined)) {
      await checkReferences(dependencies, request, listenerReferences(wanted), listenerReferences(found));
    }
    const worker = dependencies.changes(requesterOf(request));
    const handle = await changeBelow(found.load_balancer_id, () => worker.updateListener(found.id, updates));
    return {
      status: 200,
      body: { listener: await shownListener(await storedChild('listener', found.id)) },
      headers: operationHeader(handle),
    };
  };
