import type { Server } from '../../drivers/compute/compute-driver.ts';
import { type Finding, type FindingKind, Remedy } from '../../models/drift.ts';
import type { Amphora } from '../../models/objects/amphora.ts';

/** What differs between an amphora's row and its server; null when Nova has no such server. */
export const serverFindings = (amphora: Amphora, server: Server | null): readonly Finding[] => {
  const finding = (kind: FindingKind, expected: string, found: string): Finding => ({
    kind,
    resource: 'server',
    resource_id: amphora.compute_id,
    amphora_id: amphora.id,
    expected,
    found,
    remedy: Remedy.FAILOVER_AMPHORA,
  });
  if (server === null || server.status === 'DELETED') {
    return [finding('server_missing', `server ${amphora.compute_id}`, 'nothing')];
  }
  const { status, fault, flavorId, imageId } = server;
  const differs = (kind: FindingKind, noted: string | null, found: string | null): readonly Finding[] =>
    noted === null || found === null || noted === found ? [] : [finding(kind, noted, found)];
  return [
    ...(status === 'ACTIVE'
      ? []
      : [finding('server_status', 'ACTIVE', fault === null ? status : `${status}: ${fault}`)]),
    ...differs('server_flavor', amphora.compute_flavor, flavorId),
    ...differs('server_image', amphora.image_id, imageId),
  ];
};
