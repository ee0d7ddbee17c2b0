import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:tls';
import { Agent, request } from 'undici';
import * as z from 'zod';
import { novaRequest } from '../../lib/openstack/compute/microversion.ts';
import { pathTo, readJson } from '../../lib/openstack/http/service-request.ts';
import { listPorts } from '../../lib/openstack/network/ports/requests.ts';
import type { CloudSession } from '../../lib/openstack/session.ts';

const interfaces = z.object({
  interfaceAttachments: z.array(
    z.object({ port_id: z.string(), net_id: z.string(), fixed_ips: z.array(z.object({ ip_address: z.string() })) }),
  ),
});

export interface SeenAmphora {
  readonly id: string;
  readonly serverId: string;
  readonly basePortId: string;
  readonly managementAddress: string;
  /** Networks the server has a port in. */
  readonly networkIds: readonly string[];
}

/** The amphorae that may carry a VIP, as Neutron and Nova show them: no word of the API under test is taken for it. */
export const amphoraeOfVip = async (
  session: CloudSession,
  vip: { readonly address: string; readonly networkId: string },
  managementNetworkId: string,
): Promise<readonly SeenAmphora[]> => {
  const ports = await listPorts(session, [['network_id', vip.networkId]]);
  const bases = ports.filter((port) => port.allowed_address_pairs.some(({ ip_address }) => ip_address === vip.address));
  return Promise.all(
    bases.map(async (base) => {
      const path = pathTo`/servers/${base.device_id}/os-interface`;
      const asked = novaRequest({ method: 'GET', path, accepts: [200] });
      const attached = readJson(asked, await session.call(asked), interfaces).interfaceAttachments;
      const management = attached.find(({ net_id }) => net_id === managementNetworkId);
      return {
        id: base.name.replace(/^octavia-lb-vrrp-/, ''),
        serverId: base.device_id,
        basePortId: base.id,
        managementAddress: management?.fixed_ips[0]?.ip_address ?? '',
        networkIds: attached.map(({ net_id }) => net_id),
      };
    }),
  );
};

/**
 * What an amphora's agent says of its API: asked as the worker does, over mutual TLS, for a certificate in the
 * amphora's own name.
 */
export const askAgent = async (amphora: Pick<SeenAmphora, 'id' | 'managementAddress'>): Promise<unknown> => {
  const { SERVER_CA_CERTIFICATE = '', CLIENT_CERTIFICATE = '' } = process.env;
  const [ca, pem] = await Promise.all([readFile(SERVER_CA_CERTIFICATE), readFile(CLIENT_CERTIFICATE)]);
  const dispatcher = new Agent({ connect: { ca, cert: pem, key: pem, servername: amphora.id } });
  try {
    const answer = await request(`https://${amphora.managementAddress}:9443/`, { dispatcher });
    return await answer.body.json();
  } finally {
    await dispatcher.close();
  }
};

/** The certificate that a new connection to the agent is shown, checked against the authority and the amphora's name. */
export const shownCertificate = async (
  amphora: Pick<SeenAmphora, 'id' | 'managementAddress'>,
): Promise<X509Certificate> => {
  const { SERVER_CA_CERTIFICATE = '', CLIENT_CERTIFICATE = '' } = process.env;
  const [ca, pem] = await Promise.all([readFile(SERVER_CA_CERTIFICATE), readFile(CLIENT_CERTIFICATE)]);
  return await new Promise((resolve, reject) => {
    const where = { host: amphora.managementAddress, port: 9443, servername: amphora.id };
    const socket = connect({ ...where, ca, cert: pem, key: pem, timeout: 10_000 });
    socket.once('error', reject);
    socket.once('timeout', () => socket.destroy(new Error(`${amphora.managementAddress} does not answer`)));
    socket.once('secureConnect', () => {
      resolve(new X509Certificate(socket.getPeerCertificate().raw));
      socket.destroy();
    });
  });
};
