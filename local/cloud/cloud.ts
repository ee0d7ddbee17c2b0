import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { claimBlock } from './address-block.ts';
import { type Agents, createAgents } from './agent/agents.ts';
import { findHaproxy } from './agent/haproxy/binary.ts';
import { createLauncher } from './agent/haproxy/launcher.ts';
import { cloudsYaml } from './clouds-yaml.ts';
import { createLifecycle } from './compute/lifecycle.ts';
import { computeService } from './compute/service.ts';
import { ACCOUNTS, cloudFacts, PASSWORD, userId } from './facts.ts';
import { createFaults } from './faults/faults.ts';
import { faultRules } from './faults/rules.ts';
import { faultsService } from './faults/service.ts';
import { listen } from './http/listener.ts';
import { catalogServices } from './identity/catalog.ts';
import { identityService } from './identity/service.ts';
import { createTokens, type Identity } from './identity/tokens.ts';
import { imageIds, imageService } from './image/service.ts';
import { keyManagerService } from './key-manager/service.ts';
import { createAddresses } from './network/addresses.ts';
import { createPorts } from './network/ports.ts';
import { networkService } from './network/service.ts';
import type { AddressBlock, CloudOptions, StandInCloud } from './options.ts';
import { addressPlan, seed } from './store/seed.ts';
import { type SnapshotFile, snapshotFile } from './store/snapshot-file.ts';
import { createStore, type Snapshot, type Store, toSnapshot } from './store/store.ts';

export type { AddressBlock, CloudOptions, StandInCloud } from './options.ts';

/** Nova's rights for a port it makes: an administrator's, in the server's project. */
const novaIdentity = ({ project_id, user_id }: { project_id: string; user_id: string }): Identity => {
  const account = ACCOUNTS.find(({ name }) => userId(name) === user_id) ?? {
    name: 'nova',
    project: 'service',
    roles: [],
  };
  return {
    account: { ...account, roles: ['admin'] },
    userId: user_id,
    projectId: project_id,
    roles: ['admin'],
    isAdmin: true,
    systemScope: false,
    methods: [],
    auditId: '',
    issuedAt: new Date(0),
    expiresAt: new Date(0),
  };
};

interface Saved {
  readonly store: Store;
  readonly block: AddressBlock;
  readonly file: SnapshotFile | null;
}

/** The saved state, or a new one with the seeded things in it. */
const openStore = (folder: string | null, block: AddressBlock): Saved => {
  let store: Store | null = null;
  const current = (): Snapshot => {
    if (store === null) throw new Error('there is no state yet');
    return toSnapshot(store, block);
  };
  const file = folder === null ? null : snapshotFile(folder, current);
  const saved = file?.load() ?? null;
  store = createStore(saved, randomBytes(32).toString('hex'), () => file?.schedule());
  if (saved === null) seed(store, block);
  return { store, block, file };
};

/** A cloud that was saved keeps its addresses, whatever the options say. */
const savedBlock = (folder: string | null): AddressBlock | undefined => {
  if (folder === null) return undefined;
  const file = snapshotFile(folder, () => {
    throw new Error('this one only reads');
  });
  return file.load()?.address_block;
};

/**
 * Starts a small OpenStack in this process: Keystone v3, Nova 2.15, Neutron v2.0, Glance v2 and Barbican v1 behind one
 * listener, and for each amphora an agent on its own loopback address that runs haproxy. Needs Linux, where all of
 * 127.0.0.0/8 can be bound; ports below 1024 need root.
 * @throws when the port or the block of addresses is taken, or the saved state cannot be read
 */
export const startCloud = async (options: CloudOptions): Promise<StandInCloud> => {
  const { host = '127.0.0.1', agentPort = 9443, log = () => undefined } = options;
  const dataFolder = options.dataFolder === null ? null : resolve(options.dataFolder);
  const claim = await claimBlock(savedBlock(dataFolder) ?? options.addressBlock, agentPort);
  const scratch = mkdtempSync(join(tmpdir(), 'stand-in-'));
  const launcher = createLauncher(scratch);
  try {
    const { store, file } = openStore(dataFolder, claim.block);
    const folder = join(dataFolder ?? scratch, 'instances');
    mkdirSync(folder, { recursive: true, mode: 0o700 });

    const addresses = createAddresses(store);
    const ports = createPorts(store, addresses);
    const tokens = createTokens(store.tokenKey);
    const passwords = new Map<string, string>();
    const passwordOf = (user: string): string => passwords.get(user) ?? PASSWORD;
    const rules = faultRules();
    const haproxy = findHaproxy(options.haproxy);
    const agents: Agents = createAgents({
      store,
      folder,
      scratch,
      port: agentPort,
      haproxy,
      launcher,
      faults: rules,
      log,
    });
    const { faults, takePlan } = createFaults(store, rules, agents);
    const lifecycle = createLifecycle({
      store,
      ports,
      instances: agents,
      bootDelay: options.bootDelayMs ?? 300,
      deleteDelay: options.deleteDelayMs ?? 100,
      asUser: novaIdentity,
      log,
    });

    let loadBalancer = options.loadBalancerEndpoint ?? null;
    let url = '';
    const listener = await listen(
      {
        services: [
          identityService(tokens, () => catalogServices(url, loadBalancer), passwordOf),
          computeService({ store, ports, instances: agents, lifecycle, imageIds, takePlan }),
          networkService(store, addresses, ports),
          imageService(),
          keyManagerService(store),
          faultsService(() => faults),
        ],
        faults: rules,
        identify: tokens.read,
        saved: async () => await file?.saved(),
        log,
      },
      host,
      options.port,
    );
    url = listener.url;
    await lifecycle.resume();

    const plan = addressPlan(claim.block);
    let stopping: Promise<void> | null = null;
    const stop = async (): Promise<void> => {
      lifecycle.stop();
      await listener.close();
      await agents.stop();
      await launcher.stop();
      file?.flush();
      rmSync(scratch, { recursive: true, force: true });
      await claim.release();
    };
    return {
      url,
      authUrl: `${url}/identity/v3`,
      facts: cloudFacts({
        agentPort,
        managementCidr: plan['lb-mgmt'].cidr,
        vipCidr: plan.vip.cidr,
        memberCidr: plan.member.cidr,
      }),
      cloudsYaml: () => cloudsYaml(`${url}/identity/v3`, passwordOf),
      faults,
      state: store,
      runsHaproxy: haproxy !== null,
      changePassword: (user, password) => {
        passwords.set(user, password);
        tokens.revokeAll(user);
      },
      setLoadBalancerEndpoint: (endpoint) => {
        loadBalancer = endpoint;
      },
      stop: () => {
        stopping ??= stop();
        return stopping;
      },
    };
  } catch (error) {
    await launcher.stop();
    rmSync(scratch, { recursive: true, force: true });
    await claim.release();
    throw error;
  }
};
