import type { CreateServerBody } from '../../openstack/compute/servers/requests.ts';
import type { ServerSpec } from './compute-driver.ts';

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

/** What Nova is asked for. Holds the spec's files: never logged. */
export const serverBody = (spec: ServerSpec): CreateServerBody => {
  const networks = [...spec.networkIds.map((uuid) => ({ uuid })), ...spec.portIds.map((port) => ({ port }))];
  const personality = Object.entries(spec.files).map(([path, text]) => ({ path, contents: base64(text) }));
  return {
    server: {
      name: spec.name,
      imageRef: spec.imageId,
      flavorRef: spec.flavorId,
      config_drive: true,
      ...(networks.length > 0 && { networks }),
      ...(spec.securityGroups.length > 0 && { security_groups: spec.securityGroups.map((name) => ({ name })) }),
      ...(spec.keyName !== null && { key_name: spec.keyName }),
      ...(spec.availabilityZone !== null && { availability_zone: spec.availabilityZone }),
      ...(spec.userData !== '' && { user_data: base64(spec.userData) }),
      ...(personality.length > 0 && { personality }),
    },
    ...(spec.serverGroupId !== null && { 'os:scheduler_hints': { group: spec.serverGroupId } }),
  };
};
