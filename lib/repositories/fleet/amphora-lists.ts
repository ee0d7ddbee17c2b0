import type { Amphora } from '../../models/objects/amphora.ts';
import { AmphoraStatus } from '../../models/statuses.ts';
import { amphoraRow } from '../rows/amphora.ts';
import { RowType } from '../table/keys.ts';
import { queryListed, type Walk, walkListed } from '../table/query.ts';
import { readable, readableOne } from '../table/readable.ts';

const isPresent = ({ status }: Amphora): boolean => status !== AmphoraStatus.DELETED;

/** All amphorae that are not deleted, oldest first. */
export const listAmphorae = async (): Promise<readonly Amphora[]> =>
  readable(amphoraRow, await queryListed(RowType.AMPHORA, null)).filter(isPresent);

/** The same in the order of their creation, read as far as they are asked for. */
export async function* walkAmphorae(walk: Walk): AsyncGenerator<Amphora> {
  for await (const row of walkListed(RowType.AMPHORA, null, walk)) {
    const amphora = readableOne(amphoraRow, row);
    if (amphora !== null && isPresent(amphora)) yield amphora;
  }
}

/** Amphorae that are up, with and without a load balancer, of which more is true. */
const listUp = async (condition: string, values: Readonly<Record<string, unknown>>): Promise<readonly Amphora[]> => {
  const rows = await queryListed(RowType.AMPHORA, null, undefined, {
    condition: `#status IN (:allocated, :ready) AND (${condition})`,
    names: { '#status': 'status' },
    values: { ':allocated': AmphoraStatus.ALLOCATED, ':ready': AmphoraStatus.READY, ...values },
  });
  return readable(amphoraRow, rows);
};

/**
 * Amphorae that are up and whose certificate ends before that moment (ISO 8601) or is of another authority than the one
 * with that fingerprint, or about whose certificate something is not known. The index lags a moment behind the rows.
 */
export const listCertificatesDue = async (before: string, issuer: string): Promise<readonly Amphora[]> =>
  await listUp(
    'cert_expiration < :before OR cert_expiration = :unknown OR attribute_not_exists(cert_issuer) OR cert_issuer <> :issuer',
    { ':before': before, ':unknown': null, ':issuer': issuer },
  );

/** Amphorae that are up and whose agent was given other heartbeat settings than those of that mark. */
export const listAgentConfigsDue = async (mark: string): Promise<readonly Amphora[]> =>
  await listUp('attribute_not_exists(agent_config) OR agent_config <> :mark', { ':mark': mark });
