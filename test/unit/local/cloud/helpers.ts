import { createPrivateKey, randomUUID, X509Certificate } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { createAgentClient } from '../../../../lib/amphora/agent-client.ts';
import { renderAgentConfig } from '../../../../lib/amphora/agent-config.ts';
import { amphoraBootFiles } from '../../../../lib/amphora/boot-files.ts';
import type { AgentAddress, AmphoraDriver } from '../../../../lib/drivers/amphora/amphora-driver.ts';
import { restAmphoraDriver } from '../../../../lib/drivers/amphora/rest-amphora-driver.ts';
import {
  createAuthority,
  issueCertificate,
  issueClientCertificate,
} from '../../../../lib/drivers/certificate/authority.ts';
import type { ComputeDriver } from '../../../../lib/drivers/compute/compute-driver.ts';
import { novaComputeDriver } from '../../../../lib/drivers/compute/nova-compute-driver.ts';
import type { NetworkDriver, Port } from '../../../../lib/drivers/network/network-driver.ts';
import { neutronNetworkDriver } from '../../../../lib/drivers/network/neutron-network-driver.ts';
import { cloudOfDocument } from '../../../../lib/openstack/identity/auth-options/clouds-file.ts';
import { type CloudSession, createCloudSession } from '../../../../lib/openstack/session.ts';
import { type CloudOptions, type StandInCloud, startCloud } from '../../../../local/cloud/cloud.ts';

/** A cloud of its own for one test file. */
export const testCloud = (options: Partial<CloudOptions> = {}): Promise<StandInCloud> =>
  startCloud({ dataFolder: null, port: 0, addressBlock: 'any', bootDelayMs: 5, deleteDelayMs: 5, ...options });

/** Asks until the answer is neither null nor false. */
export const eventually = async <T>(ask: () => Promise<T> | T, limit = 8000): Promise<NonNullable<T>> => {
  const end = Date.now() + limit;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`not within ${limit} ms`);
    await sleep(5);
  }
};

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed when it is JSON. */
  readonly body: unknown;
}

export type Caller = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<Answer>;

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** Calls by path, without a token. */
export const anonymous =
  (cloud: Pick<StandInCloud, 'url'>): Caller =>
  async (method, path, body, headers = {}) => {
    const answer = await request(`${cloud.url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: body === undefined ? null : JSON.stringify(body),
    });
    return { status: answer.statusCode, headers: answer.headers, body: parse(await answer.body.text()) };
  };

const scoped = (user: string, password: string, project: string) => ({
  auth: {
    identity: { methods: ['password'], password: { user: { name: user, domain: { name: 'Default' }, password } } },
    scope: { project: { name: project, domain: { name: 'Default' } } },
  },
});

/** Calls by path with the token of a user. */
export const callerAs = async (cloud: StandInCloud, user: string, project: string): Promise<Caller> => {
  const call = anonymous(cloud);
  const { headers } = await call('POST', '/identity/v3/auth/tokens', scoped(user, cloud.facts.password, project));
  const token = String(headers['x-subject-token']);
  return (method, path, body, more = {}) => call(method, path, body, { 'x-auth-token': token, ...more });
};

export interface Worker {
  readonly compute: ComputeDriver;
  readonly network: NetworkDriver;
  readonly amphora: AmphoraDriver;
  readonly session: CloudSession;
  /** A new server certificate with key for an amphora, PEM. */
  issue(amphoraId: string): Promise<string>;
  /** A booted amphora. */
  boot(settings?: {
    readonly controllers?: readonly string[];
    readonly topology?: 'SINGLE' | 'ACTIVE_STANDBY';
  }): Promise<TestAmphora>;
}

export interface TestAmphora extends AgentAddress {
  readonly serverId: string;
}

export const HEARTBEAT_KEY = 'heartbeat-test-key';
const YEAR = 365 * 86_400_000;

/** The real drivers on a stand-in cloud, as the service user. */
export const testWorker = async (cloud: StandInCloud, { readTimeout = 4000 } = {}): Promise<Worker> => {
  const options = await cloudOfDocument(cloud.cloudsYaml(), 'octavia', 'test');
  const session = createCloudSession({ authOptions: async () => options, requestTimeout: 5000, connectTimeout: 1000 });
  const serverCa = await createAuthority('server ca', { days: 1 });
  const clientCa = await createAuthority('client ca', { days: 1 });
  const client = await issueClientCertificate(clientCa, 'worker', { days: 1 });
  const credentials = { cert: client, key: client, ca: serverCa.certPem };
  const settings = {
    agentPort: cloud.facts.agentPort,
    connectTimeout: 1000,
    readTimeout,
    lbNetworkInterface: 'o-hm0',
    agentTlsProtocol: 'TLSv1.2' as const,
  };
  const compute = novaComputeDriver(session);
  const authority = { certificate: new X509Certificate(serverCa.certPem), key: createPrivateKey(serverCa.keyPem) };
  const issue = (id: string): Promise<string> => issueCertificate(authority, id, new Date(Date.now() + YEAR));

  return {
    compute,
    session,
    issue,
    network: neutronNetworkDriver(session),
    amphora: restAmphoraDriver(createAgentClient(settings, async () => credentials)),
    boot: async ({ controllers = [], topology = 'SINGLE' } = {}) => {
      const amphoraId = randomUUID();
      const files = amphoraBootFiles({
        serverPem: await issue(amphoraId),
        clientCaPem: clientCa.certPem,
        agentConfig: renderAgentConfig({
          amphoraId,
          topology,
          heartbeatKey: HEARTBEAT_KEY,
          heartbeatInterval: 0.1,
          controllerIpPortList: controllers,
          agentPort: cloud.facts.agentPort,
          basePath: '/var/lib/octavia',
          baseCertDir: '/var/lib/octavia/certs',
          haproxyCmd: '/usr/sbin/haproxy',
          agentServerNetworkDir: null,
          agentRequestReadTimeout: 180,
          agentTlsProtocol: 'TLSv1.2',
          userLogFacility: 0,
          administrativeLogFacility: 1,
        }),
      });
      const { id } = await compute.createServer({
        name: `amphora-${amphoraId}`,
        imageId: cloud.facts.imageId,
        flavorId: cloud.facts.flavorId,
        networkIds: [cloud.facts.managementNetworkId],
        portIds: [],
        securityGroups: [cloud.facts.managementSecurityGroupId],
        keyName: null,
        availabilityZone: null,
        serverGroupId: null,
        files,
        userData: '#cloud-config\n',
      });
      await eventually(async () => (await compute.getServer(id)).status !== 'BUILD');
      const [management] = await compute.listInterfaces(id);
      return { amphoraId, serverId: id, lbNetworkIp: management?.ipAddresses[0] ?? '' };
    },
  };
};

/** A port in vip-net for an amphora, attached. */
export const attachVrrpPort = async (
  cloud: StandInCloud,
  worker: Worker,
  { amphoraId, serverId }: TestAmphora,
): Promise<Port> => {
  const port = await worker.network.createPort({
    name: `octavia-lb-vrrp-${amphoraId}`,
    networkId: cloud.facts.vipNetworkId,
    fixedIps: [{ subnetId: cloud.facts.vipSubnetId, ipAddress: null }],
    adminStateUp: true,
  });
  await worker.compute.attachPort(serverId, port.id);
  return port;
};
