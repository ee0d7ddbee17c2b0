import type { PoolUpdates } from '../../../lib/changes/pools.ts';
import { namedByPool } from '../../../lib/drivers/certificate/tls-references.ts';
import type { Pool, SessionPersistence } from '../../../lib/models/pool.ts';
import { changeBelow } from '../children/change.ts';
import { commonUpdates } from '../children/common-fields.ts';
import { requestedChild, storedChild } from '../children/requested.ts';
import type { ApiDependencies, ApiSettings } from '../dependencies.ts';
import { parseUpdate } from '../fields/parse-resource.ts';
import { operationHeader } from '../operations/operation-header.ts';
import { DEFAULT_PROVIDER } from '../providers/providers.ts';
import { validationFailure } from '../refusals.ts';
import type { ApiHandler } from '../request.ts';
import { requesterOf } from '../requester.ts';
import { checkReferences } from '../tls/check-references.ts';
import { checkCiphers, checkTlsLists } from '../tls/options.ts';
import { type UpdateFields, updateFields, WRAPPING } from './body.ts';
import { checkPool } from './check.ts';
import { defaultTlsOptions, sessionPersistence } from './draft.ts';
import { shownPool } from './show.ts';

/** All of it is new; only the type stays when it is not given. */
const persistenceOf = (
  given: NonNullable<UpdateFields['session_persistence']>,
  former: SessionPersistence | null,
): SessionPersistence => {
  const type = given.type ?? former?.type;
  if (type === undefined) throw validationFailure('Field "type" must be specified for session persistence.');
  return sessionPersistence({ ...given, type });
};

/** Absent fields are not among the updates; null is the field's reset value. */
const updatesOf = (fields: UpdateFields, pool: Pool, settings: ApiSettings): PoolUpdates => {
  const tlsEnabled = fields.tls_enabled === undefined ? pool.tls_enabled : (fields.tls_enabled ?? false);
  const tls = defaultTlsOptions(settings);
  const switchedOn = tlsEnabled && !pool.tls_enabled;
  const { session_persistence: persistence, tls_ciphers, tls_versions, alpn_protocols } = fields;
  return {
    ...commonUpdates(fields),
    ...(switchedOn && {
      tls_ciphers: pool.tls_ciphers || tls.tls_ciphers,
      tls_versions: pool.tls_versions?.length ? pool.tls_versions : tls.tls_versions,
      alpn_protocols: pool.alpn_protocols?.length ? pool.alpn_protocols : tls.alpn_protocols,
    }),
    ...(fields.description !== undefined && { description: fields.description ?? '' }),
    ...(fields.lb_algorithm !== undefined && { lb_algorithm: fields.lb_algorithm }),
    ...(persistence !== undefined && {
      session_persistence: persistence === null ? null : persistenceOf(persistence, pool.session_persistence),
    }),
    ...(fields.tls_enabled !== undefined && { tls_enabled: tlsEnabled }),
    ...(fields.tls_container_ref !== undefined && { tls_certificate_id: fields.tls_container_ref || null }),
    ...(fields.ca_tls_container_ref !== undefined && { ca_tls_certificate_id: fields.ca_tls_container_ref || null }),
    ...(fields.crl_container_ref !== undefined && { crl_container_id: fields.crl_container_ref || null }),
    ...(tls_ciphers !== undefined && { tls_ciphers: tls_ciphers ?? tls.tls_ciphers }),
    ...(tls_versions !== undefined && { tls_versions: tls_versions ?? tls.tls_versions }),
    ...(alpn_protocols !== undefined && { alpn_protocols }),
  };
};

const REFERENCES = ['tls_enabled', 'tls_certificate_id', 'ca_tls_certificate_id', 'crl_container_id'] as const;

/** PUT /lbaas/pools/{id} */
export const updatesPool =
  (dependencies: ApiDependencies): ApiHandler =>
  async (request) => {
    const settings = dependencies.settings();
    const find = () => requestedChild(request, 'pool');
    const { fields, found } = await parseUpdate(request.body, { ...WRAPPING, fields: updateFields }, find);
    checkCiphers(fields, settings);
    checkTlsLists(fields, settings);
    const updates = updatesOf(fields, found, settings);
    const wanted = { ...found, ...updates };
    checkPool(wanted, DEFAULT_PROVIDER);
    if (REFERENCES.some((field) => updates[field] !== undefined)) {
      // With TLS switched on, what was named before is new, too.
      const former = wanted.tls_enabled && !found.tls_enabled ? null : namedByPool(found);
      await checkReferences(dependencies, request, namedByPool(wanted), former);
    }
    const changes = dependencies.changes(requesterOf(request));
    const handle = await changeBelow(found.load_balancer_id, () => changes.updatePool(found.id, updates));
    return {
      status: 200,
      body: { pool: await shownPool(await storedChild('pool', found.id)) },
      headers: operationHeader(handle),
    };
  };
