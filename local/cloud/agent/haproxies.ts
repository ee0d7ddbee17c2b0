import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { HaproxyBinary } from './haproxy/binary.ts';
import { checkConfig } from './haproxy/check.ts';
import { ask } from './haproxy/control-socket.ts';
import type { Launcher } from './haproxy/launcher.ts';
import { localize, PING_WRAPPER, type Places } from './haproxy/localize.ts';
import { syntaxComplaint } from './haproxy/outline.ts';
import { createHaproxy, type Haproxy, killLeftover } from './haproxy/process.ts';

import type { InstanceFiles } from './instance-files.ts';
import { peerName } from './peer-name.ts';
import type { AgentSettings } from './settings.ts';

/** The haproxies of one amphora, by load balancer id. */
export interface Haproxies {
  /** haproxy's complaint about a configuration, with the amphora's own paths in it; null when it takes it. */
  check(loadBalancerId: string, config: string): Promise<string | null>;
  /** @throws Error with haproxy's words */
  start(loadBalancerId: string, config: string): Promise<void>;
  reload(loadBalancerId: string, config: string): Promise<void>;
  stop(loadBalancerId: string): Promise<void>;
  isRunning(loadBalancerId: string): boolean;
  /** Path of the control socket, or null when no real haproxy runs. */
  socket(loadBalancerId: string): string | null;
  stopAll(): Promise<void>;
  /** As when the machine dies. */
  killAll(): void;
}

export interface HaproxiesParts {
  readonly binary: HaproxyBinary | null;
  readonly files: InstanceFiles;
  readonly settings: () => AgentSettings;
  /** Folder with a short path, for sockets. */
  readonly scratch: string;
  readonly launcher: Launcher;
}

/** Without a binary nothing runs: "started" is only remembered, and configurations get the coarse check. */
const pretended = (): Haproxies => {
  const started = new Set<string>();
  return {
    check: async (_, config) => syntaxComplaint(config),
    start: async (id) => void started.add(id),
    reload: async (id) => void started.add(id),
    stop: async (id) => void started.delete(id),
    isRunning: (id) => started.has(id),
    socket: () => null,
    stopAll: async () => started.clear(),
    killAll: () => started.clear(),
  };
};

const PING_SCRIPT = '#!/bin/sh\nexec ping -q -n -w 1 -c 1 "$HAPROXY_SERVER_ADDR" >/dev/null 2>&1\n';

const real = (binary: HaproxyBinary, { files, settings, scratch, launcher }: HaproxiesParts): Haproxies => {
  const known = new Map<string, Haproxy>();

  const socketOf = (id: string): string =>
    join(scratch, `${createHash('sha1').update(`${files.folder}/${id}`).digest('hex').slice(0, 16)}.sock`);

  const places = (id: string): Places => ({
    basePath: settings().basePath,
    baseCertDir: settings().baseCertDir,
    onHost: files.onHost,
    statsSocket: socketOf(id),
  });

  const runFile = (id: string, suffix: string): string => `/run/haproxy-${id}.${suffix}`;

  const of = (id: string): Haproxy => {
    const existing = known.get(id);
    if (existing !== undefined) return existing;
    const made = createHaproxy({
      binary: binary.path,
      configFile: files.onHost(runFile(id, 'cfg')),
      statsSocket: socketOf(id),
      pidFile: files.onHost(runFile(id, 'pid')),
      peer: peerName(settings().amphoraId),
      wordsFile: files.onHost(runFile(id, 'words')),
      launcher,
    });
    known.set(id, made);
    return made;
  };

  const prepare = (id: string, config: string): void => {
    files.write(runFile(id, 'cfg'), localize(config, places(id)));
    if (config.includes(PING_WRAPPER)) files.write(PING_WRAPPER, PING_SCRIPT, 0o755);
  };

  const saveServerState = async (id: string): Promise<void> => {
    const state = await ask(socketOf(id), 'show servers state').catch(() => null);
    if (state !== null) files.write(`${settings().basePath}/${id}/servers-state`, state);
  };

  for (const name of files.list('/run').filter((candidate) => candidate.endsWith('.pid'))) {
    killLeftover(files.onHost(`/run/${name}`), files.folder);
  }

  return {
    check: async (id, config) => {
      const file = runFile(id, 'check');
      files.write(file, localize(config, places(id)));
      const complaint = await checkConfig(launcher, binary.path, files.onHost(file), peerName(settings().amphoraId));
      files.remove(file);
      if (complaint === null) return null;
      const path = `${settings().basePath}/${id}/haproxy.cfg.new`;
      return complaint.replaceAll(files.onHost(file), path).replaceAll(files.onHost('/').replace(/\/$/, ''), '');
    },
    start: (id, config) => {
      prepare(id, config);
      return of(id).start();
    },
    reload: async (id, config) => {
      await saveServerState(id);
      prepare(id, config);
      await of(id).reload();
    },
    stop: async (id) => {
      await known.get(id)?.stop();
      known.delete(id);
      for (const suffix of ['cfg', 'pid', 'words']) files.remove(runFile(id, suffix));
    },
    isRunning: (id) => known.get(id)?.isRunning() ?? false,
    socket: (id) => (known.get(id)?.isRunning() ? socketOf(id) : null),
    stopAll: async () => {
      await Promise.all([...known.values()].map((haproxy) => haproxy.stop()));
      known.clear();
    },
    killAll: () => {
      for (const haproxy of known.values()) haproxy.kill();
      known.clear();
    },
  };
};

export const createHaproxies = (parts: HaproxiesParts): Haproxies =>
  parts.binary === null ? pretended() : real(parts.binary, parts);
