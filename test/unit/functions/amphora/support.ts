import type { AmphoraDriver } from '../../../../lib/drivers/amphora/amphora-driver.ts';
import { AmphoraRequestError } from '../../../../lib/errors/cloud.ts';
import type { Child } from '../../../../lib/models/objects/child.ts';
import { newAmphora } from '../../../../lib/repositories/fleet/amphora-commits.ts';
import { createAmphora, updateAmphora } from '../../../../lib/repositories/fleet/amphorae.ts';
import type { NewLoadBalancer } from '../../../../lib/repositories/locks/commits.ts';
import { commitNewLoadBalancer } from '../../../../lib/repositories/locks/commits.ts';
import { newLoadBalancer } from '../../../fixtures/load-balancer.ts';
import { createRequest, flowOf } from '../../lib/repositories/support/stored.ts';

export const facts = {
  haproxy_version: '2.6.12',
  cpu_count: 1,
  memory: { free: 500_000, buffers: 0, cached: 0 },
  active_tuned_profiles: '',
};

/** A load balancer under creation with an amphora that is up. */
export const withAmphora = async (
  children: (owner: NewLoadBalancer) => readonly Child[] = () => [],
  changes: Partial<NewLoadBalancer> = {},
) => {
  const loadBalancer = newLoadBalancer(changes);
  const operation = await commitNewLoadBalancer(loadBalancer, createRequest, children(loadBalancer));
  const flow = flowOf(operation);
  const amphoraId = crypto.randomUUID();
  await createAmphora(flow, newAmphora(amphoraId, loadBalancer.id));
  await updateAmphora(flow, amphoraId, {
    status: 'ALLOCATED',
    facts,
    compute_id: 'server',
    lb_network_ip: '172.16.0.5',
    vrrp_port_id: 'base',
    vrrp_ip: '10.0.0.3',
  });
  return { id: loadBalancer.id, loadBalancer, operation, flow, amphoraId };
};

export interface FakeAgent extends AmphoraDriver {
  readonly calls: string[];
  /** What haproxy runs; null before the first reload. */
  running(): string | null;
  /** Texts that no configuration may hold. */
  readonly refused: string[];
  /** Methods that fail, and with what. */
  readonly failing: Partial<Record<keyof AmphoraDriver, Error>>;
  /** What the next upload of haproxy's configuration waits for. */
  readonly held: Promise<void>[];
}

/** An agent in memory, whose haproxy refuses what it is told to. */
export const fakeAgent = (): FakeAgent => {
  const calls: string[] = [];
  const refused: string[] = [];
  const failing: FakeAgent['failing'] = {};
  const held: Promise<void>[] = [];
  const files = new Map<string, string>();
  let running: string | null = null;
  const asked = (method: keyof AmphoraDriver): void => {
    calls.push(method);
    const failure = failing[method];
    if (failure !== undefined) throw failure;
  };
  const simply = (method: keyof AmphoraDriver) => async (): Promise<void> => asked(method);
  return {
    calls,
    refused,
    failing,
    held,
    running: () => running,
    async getInfo() {
      asked('getInfo');
      return { hostname: 'amphora', haproxyVersion: '2.6.12', apiVersion: '1.0' };
    },
    async getDetails() {
      asked('getDetails');
      return {
        haproxyVersion: '2.6.12',
        cpuCount: 2,
        memory: { free: 1, buffers: 2, cached: 3 },
        activeTunedProfiles: 'none',
      };
    },
    async uploadHaproxyConfig({ amphoraId }, loadBalancerId, config) {
      asked('uploadHaproxyConfig');
      await held.shift();
      const bad = refused.find((text) => config.includes(text));
      if (bad !== undefined) {
        const details = `[ALERT] config : cannot take ${bad}`;
        throw new AmphoraRequestError(`Amphora ${amphoraId}: 400: ${details}`, { status: 400, details });
      }
      files.set(loadBalancerId, config);
    },
    async getHaproxyConfig(_agent, loadBalancerId) {
      asked('getHaproxyConfig');
      return files.get(loadBalancerId) ?? null;
    },
    async uploadLvsConfig(_agent, listenerId, config) {
      asked('uploadLvsConfig');
      files.set(listenerId, config);
    },
    async getLvsConfig(_agent, listenerId) {
      asked('getLvsConfig');
      return files.get(listenerId) ?? null;
    },
    async reload(_agent, objectId) {
      asked('reload');
      running = files.get(objectId) ?? null;
    },
    async deleteListener(_agent, objectId) {
      asked('deleteListener');
      files.delete(objectId);
      running = null;
    },
    async uploadCertificate(_agent, _loadBalancerId, fileName, pem) {
      asked('uploadCertificate');
      const isNew = files.get(fileName) !== pem;
      files.set(fileName, pem);
      return isNew;
    },
    async getInterface() {
      asked('getInterface');
      return 'eth1';
    },
    async shownCertificate() {
      asked('shownCertificate');
      return '';
    },
    plugVip: simply('plugVip'),
    plugNetwork: simply('plugNetwork'),
    start: simply('start'),
    deleteCertificate: simply('deleteCertificate'),
    uploadVrrpConfig: simply('uploadVrrpConfig'),
    startVrrp: simply('startVrrp'),
    stopVrrp: simply('stopVrrp'),
    uploadAgentCertificate: simply('uploadAgentCertificate'),
    updateAgentConfig: simply('updateAgentConfig'),
  };
};
