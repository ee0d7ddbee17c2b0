import { createHash } from 'node:crypto';
import type * as z from 'zod';
import { jsonOf } from '../../amphora/agent-answer.ts';
import type { AgentClient, AgentRequest } from '../../amphora/agent-client.ts';
import { AmphoraRequestError } from '../../errors/cloud.ts';
import { certificateAnswer, detailsAnswer, infoAnswer, interfaceAnswer, versionAnswer } from './agent-answers.ts';
import type { AgentAddress, AmphoraDriver, PlugNetwork, PlugVip } from './amphora-driver.ts';
import { plugNetworkBody, plugVipBody } from './plug-bodies.ts';

const API = '/1.0';

/** Bytes of a configuration that is read back, which is compared and never parsed: some 50,000 members. */
const FILE_LIMIT = 8_388_608;

/** A path below the API's version, its parts escaped. */
const path = (...parts: readonly string[]): string => [API, ...parts.map(encodeURIComponent)].join('/');

const md5 = (text: string): string => createHash('md5').update(text, 'utf8').digest('hex');

/** Drives agents through their REST API 1.0. */
export const restAmphoraDriver = (client: AgentClient): AmphoraDriver => {
  /** Amphorae whose agent is known to support the version above. An agent's version changes only with its amphora. */
  const discovered = new Set<string>();

  const unexpected = (agent: AgentAddress, request: AgentRequest, status: number, details: string) =>
    new AmphoraRequestError(`Amphora ${agent.amphoraId}, ${request.method} ${request.path}: ${details}`, {
      resource: 'amphora',
      resourceId: agent.amphoraId,
      status,
      details,
    });

  /** Sends a request whose answer does not matter beyond its success. */
  const send = async (agent: AgentAddress, request: AgentRequest): Promise<void> => {
    await client.request(agent, request);
  };

  /** Sends a request and reads its answer by a shape; null for a 404 that `request` accepts. */
  const ask = async <S extends z.ZodType>(agent: AgentAddress, request: AgentRequest, shape: S) => {
    const answer = await client.request(agent, request);
    if (answer.status === 404) return null;
    const read = shape.safeParse(jsonOf(answer));
    if (!read.success) throw unexpected(agent, request, answer.status, 'answered something unexpected');
    return read.data;
  };

  /** As `ask`, for what must be there: without an accepted 404 there is always an answer. */
  const askFor = async <S extends z.ZodType>(agent: AgentAddress, requestPath: string, shape: S) => {
    const request = { method: 'GET', path: requestPath } as const;
    const read = await ask(agent, request, shape);
    if (read === null) throw unexpected(agent, request, 404, 'answered nothing');
    return read;
  };

  const text = async (agent: AgentAddress, requestPath: string): Promise<string | null> => {
    const request = { method: 'GET', path: requestPath, accept: [404], answerLimit: FILE_LIMIT } as const;
    const answer = await client.request(agent, request);
    return answer.status === 404 ? null : answer.text;
  };

  const discover = async (agent: AgentAddress): Promise<void> => {
    if (discovered.has(agent.amphoraId)) return;
    const { api_version: version } = await askFor(agent, '/', versionAnswer);
    if (!/^1\.\d+$/.test(version)) {
      throw unexpected(agent, { method: 'GET', path: '/' }, 200, `speaks API version ${version}, not 1.x`);
    }
    discovered.add(agent.amphoraId);
  };

  const getInterface = async (agent: AgentAddress, ipAddress: string): Promise<string | null> => {
    const request = { method: 'GET', path: path('interface', ipAddress), accept: [404] } as const;
    return (await ask(agent, request, interfaceAnswer))?.interface ?? null;
  };

  const plugNetwork = (agent: AgentAddress, plug: PlugNetwork): Promise<void> =>
    send(agent, { method: 'POST', path: path('plug', 'network'), body: plugNetworkBody(plug), accept: [409] });

  const plugVip = async (agent: AgentAddress, plug: PlugVip): Promise<void> => {
    const { vip, macAddress, mtu, vrrpIp } = plug;
    const body = plugVipBody(plug);
    const { status } = await client.request(agent, {
      method: 'POST',
      path: path('plug', 'vip', vip.ipAddress),
      body,
      accept: [409],
    });
    // The agent says 409 as soon as the interface is in its namespace, even if an earlier call broke off before it had
    // addresses. The network call on the same port writes and applies them again.
    if (status === 409 && (await getInterface(agent, vrrpIp)) === null) {
      await plugNetwork(agent, { macAddress, mtu, fixedIps: [], vip: plug });
    }
  };

  const act = (agent: AgentAddress, objectId: string, action: 'start' | 'reload'): Promise<void> =>
    send(agent, { method: 'PUT', path: path('loadbalancer', objectId, action) });

  return {
    async getInfo(agent) {
      await discover(agent);
      const info = await askFor(agent, path('info'), infoAnswer);
      return { hostname: info.hostname, haproxyVersion: info.haproxy_version, apiVersion: info.api_version };
    },
    async getDetails(agent) {
      const details = await askFor(agent, path('details'), detailsAnswer);
      return {
        haproxyVersion: details.haproxy_version,
        cpuCount: details.cpu_count,
        memory: details.memory,
        activeTunedProfiles: details.active_tuned_profiles,
      };
    },
    plugVip,
    plugNetwork,
    uploadHaproxyConfig: (agent, loadBalancerId, config) =>
      send(agent, {
        method: 'PUT',
        path: path('loadbalancer', agent.amphoraId, loadBalancerId, 'haproxy'),
        body: config,
      }),
    getHaproxyConfig: (agent, loadBalancerId) => text(agent, path('loadbalancer', loadBalancerId, 'haproxy')),
    uploadLvsConfig: (agent, listenerId, config) =>
      send(agent, {
        method: 'PUT',
        path: path('listeners', agent.amphoraId, listenerId, 'udp_listener'),
        body: config,
      }),
    getLvsConfig: (agent, listenerId) => text(agent, path('listeners', listenerId, 'udp_listener')),
    start: (agent, objectId) => act(agent, objectId, 'start'),
    reload: (agent, objectId) => act(agent, objectId, 'reload'),
    deleteListener: (agent, objectId) => send(agent, { method: 'DELETE', path: path('listeners', objectId) }),
    async uploadCertificate(agent, loadBalancerId, fileName, pem) {
      const file = path('loadbalancer', loadBalancerId, 'certificates', fileName);
      const there = await ask(agent, { method: 'GET', path: file, accept: [404] }, certificateAnswer);
      if (there?.md5sum === md5(pem)) return false;
      await send(agent, { method: 'PUT', path: file, body: pem });
      return true;
    },
    deleteCertificate: (agent, loadBalancerId, fileName) =>
      send(agent, {
        method: 'DELETE',
        path: path('loadbalancer', loadBalancerId, 'certificates', fileName),
        accept: [404],
      }),
    getInterface,
    uploadVrrpConfig: (agent, config) => send(agent, { method: 'PUT', path: path('vrrp', 'upload'), body: config }),
    startVrrp: (agent) => send(agent, { method: 'PUT', path: path('vrrp', 'start') }),
    stopVrrp: (agent) => send(agent, { method: 'PUT', path: path('vrrp', 'stop') }),
    uploadAgentCertificate: (agent, pem) => send(agent, { method: 'PUT', path: path('certificate'), body: pem }),
    shownCertificate: (agent) => client.peerFingerprint(agent),
    updateAgentConfig: (agent, config) => send(agent, { method: 'PUT', path: path('config'), body: config }),
  };
};
