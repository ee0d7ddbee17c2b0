import { amphoraBootFiles } from '../../amphora/boot-files.ts';
import { userData } from '../../amphora/user-data.ts';
import type { AmphoraCertificate, CertificateDriver } from '../../drivers/certificate/certificate-driver.ts';
import type { ServerSpec } from '../../drivers/compute/compute-driver.ts';
import type { ImageDriver } from '../../drivers/image/image-driver.ts';
import { serverName } from '../../models/names.ts';
import { type AmphoraOptions, managementNetworks, type Topology } from '../../models/objects/load-balancer.ts';
import { computeConfig } from '../../settings/config.ts';
import { agentConfiguration } from './agent-configuration.ts';

export interface AmphoraServerRequest {
  readonly amphoraId: string;
  readonly topology: Topology;
  /** Ports the server boots with besides its management port. */
  readonly portIds: readonly string[];
  readonly serverGroupId: string | null;
  /** What its load balancer's flavor and availability zone ask for. */
  readonly options: AmphoraOptions;
}

/** A server to ask for, and what of its files decides on its upkeep. */
export interface AmphoraServer {
  readonly spec: ServerSpec;
  readonly certificate: Pick<AmphoraCertificate, 'expiresAt' | 'issuer'>;
  /** Mark of the heartbeat settings that its agent gets. */
  readonly agentConfig: string;
}

/**
 * All that makes a server an amphora: image, flavor, networks, and files with a certificate of its own.
 * @throws ImageNotFoundError
 * @throws ConfigurationError
 */
export const amphoraServer = async (
  drivers: { readonly images: ImageDriver; readonly certificates: CertificateDriver },
  request: AmphoraServerRequest,
): Promise<AmphoraServer> => {
  const settings = computeConfig();
  const { options } = request;
  const [imageId, certificate, clientCaPem, agent] = await Promise.all([
    drivers.images.findImageByTag(options.amp_image_tag ?? settings.ampImageTag, settings.ampImageOwnerId),
    drivers.certificates.issueAmphoraCertificate(request.amphoraId),
    drivers.certificates.clientCa(),
    agentConfiguration(request.amphoraId, request.topology),
  ]);
  return {
    certificate,
    agentConfig: agent.mark,
    spec: {
      name: serverName(request.amphoraId),
      imageId,
      flavorId: options.compute_flavor ?? settings.ampFlavorId,
      networkIds: managementNetworks(options, settings.ampBootNetworkList),
      portIds: request.portIds,
      securityGroups: settings.ampSecgroupList,
      keyName: settings.ampSshKeyName,
      availabilityZone: options.compute_zone ?? settings.availabilityZone,
      serverGroupId: request.serverGroupId,
      files: amphoraBootFiles({ serverPem: certificate.pem, clientCaPem, agentConfig: agent.file }),
      userData: userData(settings.ampTimezone),
    },
  };
};
