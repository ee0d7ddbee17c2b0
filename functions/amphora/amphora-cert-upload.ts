import { X509Certificate } from 'node:crypto';
import type { AmphoraDriver } from '../../lib/drivers/amphora/amphora-driver.ts';
import { amphoraDriver } from '../../lib/drivers/amphora/index.ts';
import type { CertificateDriver } from '../../lib/drivers/certificate/certificate-driver.ts';
import { certificateDriver } from '../../lib/drivers/certificate/index.ts';
import { AmphoraNotReadyError, AmphoraRequestError } from '../../lib/errors/cloud.ts';
import type { FlowInput } from '../../lib/models/operations/operation.ts';
import { getAmphoraAt, updateAmphora } from '../../lib/repositories/fleet/amphorae.ts';
import { amphoraInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';
import { poll } from '../../lib/tools/poll.ts';

export interface CertUploadDrivers {
  readonly certificates: Pick<CertificateDriver, 'issueAmphoraCertificate'>;
  readonly agents: Pick<AmphoraDriver, 'uploadAgentCertificate' | 'shownCertificate'>;
}

/** The agent takes a new certificate with the next connection. */
const SHOWN = { budgetMs: 10_000, intervalMs: 250 };

/**
 * Gives the amphora a new certificate, and looks on the wire that it shows it; only then its end is noted.
 * @throws AmphoraRequestError the amphora still shows another one
 */
export const amphoraCertUpload =
  ({ certificates, agents }: CertUploadDrivers) =>
  async (amphoraId: string, flow: FlowInput): Promise<undefined> => {
    const { lb_network_ip: lbNetworkIp } = await getAmphoraAt(amphoraId, flow.loadbalancer_id);
    if (lbNetworkIp === null) throw new AmphoraNotReadyError(`Amphora ${amphoraId} has no management address.`);
    const agent = { amphoraId, lbNetworkIp };
    const { pem, expiresAt, issuer } = await certificates.issueAmphoraCertificate(amphoraId);
    const { fingerprint256: wanted } = new X509Certificate(pem);
    await agents.uploadAgentCertificate(agent, pem);
    const isShown = async () => ((await agents.shownCertificate(agent)) === wanted ? true : null);
    if ((await poll(SHOWN, isShown)) === null) {
      throw new AmphoraRequestError(`Amphora ${amphoraId} does not show its new certificate.`, {
        resource: 'amphora',
        resourceId: amphoraId,
        status: 202,
        details: 'another certificate is shown after the upload',
      });
    }
    await updateAmphora(flow, amphoraId, { cert_expiration: expiresAt, cert_issuer: issuer });
    return undefined;
  };

export const handler = task({
  name: 'AmphoraCertUpload',
  input: amphoraInput,
  drivers: () => ({ certificates: certificateDriver(), agents: amphoraDriver() }),
  run: ({ amphora_id }, { flow }, drivers) => amphoraCertUpload(drivers)(amphora_id, flow),
});
