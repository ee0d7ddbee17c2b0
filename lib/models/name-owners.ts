import type { ExternalResourceKind, ResourceOwner } from './external-resource.ts';
import { basePortName, memberPortName, securityGroupName, serverGroupName, serverName, vipPortName } from './names.ts';

const UUID = '([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})';

const OWNERS: Readonly<Record<ExternalResourceKind, readonly (readonly [RegExp, 'loadbalancer_id' | 'amphora_id'])[]>> =
  {
    server: [[new RegExp(`^${serverName(UUID)}$`), 'amphora_id']],
    port: [
      [new RegExp(`^${basePortName(UUID)}$`), 'amphora_id'],
      [new RegExp(`^${memberPortName(UUID)}$`), 'amphora_id'],
      [new RegExp(`^${vipPortName(UUID)}$`), 'loadbalancer_id'],
    ],
    security_group: [[new RegExp(`^${securityGroupName(UUID)}$`), 'loadbalancer_id']],
    server_group: [[new RegExp(`^${serverGroupName(UUID)}$`), 'loadbalancer_id']],
  };

/** Whose a resource of that name would be; null when it is no name of the worker's. */
export const ownerByName = (kind: ExternalResourceKind, name: string): ResourceOwner | null => {
  for (const [pattern, owner] of OWNERS[kind]) {
    const id = pattern.exec(name)?.[1];
    if (id !== undefined) return { loadbalancer_id: null, amphora_id: null, [owner]: id };
  }
  return null;
};
