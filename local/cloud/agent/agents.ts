import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Instances } from '../compute/instances.ts';
import type { FaultRules } from '../faults/rules.ts';
import type { Store } from '../store/store.ts';
import { createAgentServer } from './agent-server.ts';
import { type Amphora, haproxyConfigPath, vrrpConfigPath } from './amphora.ts';
import { createHaproxies } from './haproxies.ts';
import { ASSUMED_VERSION, type HaproxyBinary } from './haproxy/binary.ts';
import type { Launcher } from './haproxy/launcher.ts';
import { createHeartbeats } from './heartbeats.ts';
import { instanceFiles } from './instance-files.ts';
import { loadMemory, saveMemory } from './memory.ts';
import { certificateRoutes } from './routes/certificates.ts';
import { haproxyRoutes } from './routes/haproxy.ts';
import { plugRoutes } from './routes/plug.ts';
import { systemRoutes } from './routes/system.ts';
import { agentSettings, CONFIG_FILE } from './settings.ts';
import { vrrpInstance } from './vrrp.ts';

/**
 * How an agent meets its callers. `mute`: takes connections, never answers. `absent`: refuses them. `foreign`: shows a
 * certificate with its own name that no CA signed.
 */
export type AgentMode = 'normal' | 'mute' | 'absent' | 'foreign';

export interface Agents extends Instances {
  /** @throws when the server runs no agent */
  setMode(serverId: string, mode: AgentMode): Promise<void>;
  /** The modes of the agents to come, in their order; those after that are normal. */
  planModes(modes: readonly AgentMode[]): void;
  plannedModes(): readonly AgentMode[];
  /** Shows this certificate and key (PEM) from now on, without touching the amphora's disk. */
  showCertificate(serverId: string, pem: Buffer): Promise<void>;
  /** Agent, haproxies and heartbeats are gone at once. */
  crash(serverId: string): Promise<void>;
  /** Ends everything; the disks stay. */
  stop(): Promise<void>;
}

export interface AgentsParts {
  readonly store: Store;
  /** Folder of the instances' disks. */
  readonly folder: string;
  readonly scratch: string;
  readonly port: number;
  readonly haproxy: HaproxyBinary | null;
  readonly launcher: Launcher;
  readonly faults: FaultRules;
  log(line: string): void;
}

interface Running {
  readonly amphora: Amphora;
  /** Starts what the memory says was running, then heartbeats and the listener. */
  start(): Promise<void>;
  setMode(mode: AgentMode): Promise<void>;
  showCertificate(pem: Buffer): Promise<void>;
  stop(): Promise<void>;
  die(): Promise<void>;
}

const missing = (files: ReturnType<typeof instanceFiles>, path: string): Buffer => {
  const content = files.read(path);
  if (content === null) throw new Error(`the amphora has no file ${path}`);
  return content;
};

export const createAgents = (parts: AgentsParts): Agents => {
  const { store, log } = parts;
  const running = new Map<string, Running>();
  let plannedModes: readonly AgentMode[] = [];
  const folderOf = (serverId: string): string => join(parts.folder, serverId);

  const holdsVip = (amphora: Amphora, address: string): boolean => {
    const candidates = [...running.values()].flatMap(({ amphora: other }) => {
      const config = other.memory.vrrp_started ? other.files.read(vrrpConfigPath(other)) : null;
      if (config === null) return [];
      const { priority, addresses } = vrrpInstance(config.toString());
      return addresses.includes(address) ? [{ serverId: other.serverId, priority }] : [];
    });
    if (candidates.length === 0) return amphora.settings().topology === 'SINGLE';
    const [master] = candidates.sort(
      (one, other) => other.priority - one.priority || (one.serverId < other.serverId ? -1 : 1),
    );
    return master?.serverId === amphora.serverId;
  };

  const create = (serverId: string, address: string): Running => {
    const files = instanceFiles(folderOf(serverId));
    const memory = loadMemory(files);
    let settings = agentSettings(missing(files, CONFIG_FILE).toString());
    let shown: Buffer | null = null;
    const ports = () => [...store.ports.values()].filter(({ device_id }) => device_id === serverId);
    const amphora: Amphora = {
      serverId,
      hostname: store.servers.get(serverId)?.name ?? serverId,
      haproxyVersion: parts.haproxy?.version ?? ASSUMED_VERSION,
      files,
      memory,
      save: () => saveMemory(files, memory),
      settings: () => settings,
      configure: (text) => {
        files.write(CONFIG_FILE, text);
        settings = agentSettings(text);
        heartbeats.start();
      },
      present: (pem) => {
        files.write(settings.serverCertificate, pem);
        server
          .serve()
          .catch((error: unknown) => log(`agent of ${serverId} keeps its old certificate: ${String(error)}`));
      },
      haproxies: createHaproxies({
        binary: parts.haproxy,
        files,
        settings: () => settings,
        scratch: parts.scratch,
        launcher: parts.launcher,
      }),
      ports,
      interfaces: () => {
        const attached = new Set(ports().map(({ mac_address }) => mac_address));
        return memory.interfaces.filter(({ mac_address }) => attached.has(mac_address));
      },
      holdsVip: (vip) => holdsVip(amphora, vip),
    };
    const heartbeats = createHeartbeats(amphora, address, log);
    const server = createAgentServer({
      address,
      port: parts.port,
      serverId,
      routes: [
        ...systemRoutes(amphora),
        ...haproxyRoutes(amphora),
        ...certificateRoutes(amphora),
        ...plugRoutes(amphora),
      ],
      faults: parts.faults,
      tls: () => ({
        pem: shown ?? missing(files, settings.serverCertificate),
        clientCa: missing(files, settings.clientCa),
      }),
      log,
    });

    const show = async (pem: Buffer | null): Promise<void> => {
      shown = pem;
      await server.serve();
    };
    const startAgain = async (id: string): Promise<void> => {
      const config = files.read(haproxyConfigPath(amphora, id));
      if (config !== null) await amphora.haproxies.start(id, config.toString());
    };

    return {
      amphora,
      showCertificate: show,
      start: async () => {
        for (const id of memory.running) {
          await startAgain(id).catch((error: unknown) => log(`haproxy of ${id} does not start: ${String(error)}`));
        }
        await server.serve();
        heartbeats.start();
      },
      setMode: async (mode) => {
        if (mode === 'mute') return server.stayMute();
        if (mode === 'absent') return server.close();
        if (mode === 'normal') return show(null);
        // Loaded when first wanted: the libraries behind it would double the cloud's size.
        const { foreignCertificate } = await import('./foreign-certificate.ts');
        await show(await foreignCertificate(settings.amphoraId));
      },
      stop: async () => {
        heartbeats.stop();
        await Promise.all([server.close(), amphora.haproxies.stopAll()]);
      },
      die: async () => {
        heartbeats.stop();
        amphora.haproxies.killAll();
        await server.close();
      },
    };
  };

  const runningAgent = (serverId: string): Running => {
    const agent = running.get(serverId);
    if (agent === undefined) throw new Error(`server ${serverId} runs no agent`);
    return agent;
  };

  return {
    install: (serverId, content) => {
      const files = instanceFiles(folderOf(serverId));
      for (const [path, bytes] of content) files.write(path, bytes);
    },
    boot: async (serverId) => {
      if (running.has(serverId)) return;
      const first = store.ports.get(store.servers.get(serverId)?.port_ids[0] ?? '');
      const address = first?.fixed_ips[0]?.ip_address;
      if (address === undefined) throw new Error('the server has no address to listen on');
      const agent = create(serverId, address);
      running.set(serverId, agent);
      try {
        await agent.start();
        const [mode, ...rest] = plannedModes;
        plannedModes = rest;
        if (mode !== undefined) await agent.setMode(mode);
      } catch (error) {
        running.delete(serverId);
        await agent.stop();
        throw error;
      }
    },
    destroy: async (serverId) => {
      await running.get(serverId)?.stop();
      running.delete(serverId);
      rmSync(folderOf(serverId), { recursive: true, force: true });
    },
    plannedModes: () => plannedModes,
    planModes: (modes) => {
      plannedModes = modes;
    },
    setMode: (serverId, mode) => runningAgent(serverId).setMode(mode),
    showCertificate: (serverId, pem) => runningAgent(serverId).showCertificate(pem),
    crash: async (serverId) => {
      await running.get(serverId)?.die();
      running.delete(serverId);
    },
    stop: async () => {
      await Promise.all([...running.values()].map((agent) => agent.stop()));
      running.clear();
    },
  };
};
