import * as z from 'zod';

const anId = z.record(z.string(), z.looseObject({ id: z.string() }));
const aSecret = z.object({ secret_ref: z.string() });

/** Things in the cloud of the running stack, made and deleted with the worker's own rights. */
export const cloudThings = () => {
  const session = async () => (await import('../../../lib/openstack/session.ts')).cloudSession();
  const post = async (service: 'network' | 'key-manager', path: string, body: unknown): Promise<unknown> => {
    const { bytes } = await (await session()).call({ service, method: 'POST', path, body, accepts: [201] });
    return JSON.parse(Buffer.from(bytes).toString());
  };
  const remove = async (service: 'network' | 'key-manager', path: string): Promise<void> => {
    await (await session()).call({ service, method: 'DELETE', path, accepts: [204] });
  };
  const made = async (path: string, body: Readonly<Record<string, unknown>>): Promise<string> =>
    Object.values(anId.parse(await post('network', path, body)))[0]?.id ?? '';

  return {
    /** A network with one subnet; `addresses` false: all of them are taken. */
    async subnet(cidr: string, { addresses = true } = {}): Promise<string> {
      const network_id = await made('/networks', { network: { name: 'members' } });
      const pools = addresses ? {} : { allocation_pools: [] };
      return await made('/subnets', { subnet: { network_id, cidr, ip_version: 4, ...pools } });
    },
    deleteQosPolicy: (id: string) => remove('network', `/qos/policies/${id}`),
    deleteRule: (id: string) => remove('network', `/security-group-rules/${id}`),
    deleteSubnet: (id: string) => remove('network', `/subnets/${id}`),
    /** A secret of the service project; answers its reference. */
    async secret(payload: Uint8Array): Promise<string> {
      const body = {
        payload: Buffer.from(payload).toString('base64'),
        payload_content_type: 'application/octet-stream',
        payload_content_encoding: 'base64',
      };
      return aSecret.parse(await post('key-manager', '/secrets', body)).secret_ref;
    },
    deleteSecret: (reference: string) => remove('key-manager', new URL(reference).pathname.replace(/^.*\/v1/, '')),
  };
};
