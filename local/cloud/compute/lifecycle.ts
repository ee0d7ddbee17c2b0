import { HttpProblem } from '../http/problem.ts';
import type { Identity } from '../identity/tokens.ts';
import { now } from '../ids.ts';
import type { Ports } from '../network/ports.ts';
import type { PortRecord, ServerRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { Instances } from './instances.ts';
import { COMPUTE_HOST, portsOf } from './server-view.ts';

export interface LifecycleParts {
  readonly store: Store;
  readonly ports: Ports;
  readonly instances: Instances;
  /** Milliseconds. */
  readonly bootDelay: number;
  readonly deleteDelay: number;
  /** Nova's own rights in Neutron, for ports it makes for a user. */
  readonly asUser: (server: ServerRecord) => Identity;
  log(line: string): void;
}

export interface Lifecycle {
  /** Boots a server in BUILD after the boot delay. */
  boot(server: ServerRecord): void;
  /** Deletes after the delay, as Nova does. */
  remove(server: ServerRecord): void;
  bind(server: ServerRecord, port: PortRecord): void;
  /** Unbinds after the delay; deletes the port when Nova made it. */
  detach(server: ServerRecord, port: PortRecord): void;
  /** Takes up what was under way when the cloud stopped. */
  resume(): Promise<void>;
  stop(): void;
}

const words = (error: unknown): string => {
  if (error instanceof HttpProblem) return JSON.stringify(error.body);
  return error instanceof Error ? error.message : String(error);
};

export const createLifecycle = (parts: LifecycleParts): Lifecycle => {
  const { store, ports, instances, log } = parts;
  const timers = new Set<NodeJS.Timeout>();

  const later = (milliseconds: number, work: () => Promise<void> | void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      Promise.resolve()
        .then(work)
        .catch((error: unknown) => log(`compute: ${words(error)}`));
    }, milliseconds);
    timers.add(timer);
  };

  const bind = (server: ServerRecord, port: PortRecord): void => {
    Object.assign(port, {
      device_id: server.id,
      device_owner: `compute:${server.availability_zone}`,
      'binding:host_id': COMPUTE_HOST,
      status: port.admin_state_up ? 'ACTIVE' : 'DOWN',
      updated_at: now(),
      revision_number: port.revision_number + 1,
    });
    if (!server.port_ids.includes(port.id)) server.port_ids.push(port.id);
    store.touch();
  };

  const unbind = (server: ServerRecord, port: PortRecord): void => {
    if (server.own_port_ids.includes(port.id)) {
      ports.remove(port);
      return;
    }
    server.port_ids = server.port_ids.filter((id) => id !== port.id);
    Object.assign(port, {
      device_id: '',
      device_owner: '',
      'binding:host_id': '',
      status: 'DOWN',
      updated_at: now(),
      revision_number: port.revision_number + 1,
    });
    store.touch();
  };

  const connect = (server: ServerRecord): void => {
    for (const wish of server.requested_networks) {
      if ('port' in wish) {
        const port = store.ports.get(wish.port);
        if (port === undefined) throw new Error(`Port id ${wish.port} could not be found.`);
        bind(server, port);
        continue;
      }
      const port = ports.create(parts.asUser(server), {
        network_id: wish.uuid,
        project_id: server.project_id,
        ...(server.requested_groups.length > 0 ? { security_groups: server.requested_groups } : {}),
      });
      server.own_port_ids.push(port.id);
      bind(server, port);
    }
  };

  const fail = (server: ServerRecord, message: string): void => {
    for (const port of portsOf(store, server)) unbind(server, port);
    const created = now();
    Object.assign(server, {
      status: 'ERROR',
      task_state: null,
      fault: { code: 500, message, created },
      updated: created,
    });
    store.touch();
  };

  const finish = async (server: ServerRecord): Promise<void> => {
    if (server.task_state === 'deleting' || server.status !== 'BUILD' || server.stalled) return;
    if (server.planned_fault !== null) return fail(server, server.planned_fault);
    try {
      if (server.port_ids.length === 0) connect(server);
      if (server.is_amphora) await instances.boot(server.id);
    } catch (error) {
      log(`compute: server ${server.id} cannot boot: ${words(error)}`);
      return fail(server, `Build of instance ${server.id} aborted: ${words(error)}`);
    }
    if (!store.servers.has(server.id)) return instances.destroy(server.id);
    const launched = now();
    Object.assign(server, { status: 'ACTIVE', updated: launched, launched_at: launched });
    if (server.task_state !== 'deleting') server.task_state = null;
    store.touch();
  };

  const vanish = async (server: ServerRecord): Promise<void> => {
    await instances.destroy(server.id);
    for (const port of portsOf(store, server)) unbind(server, port);
    store.servers.delete(server.id);
    store.touch();
  };

  const boot = (server: ServerRecord): void => later(parts.bootDelay, () => finish(server));

  return {
    boot,
    bind,
    remove: (server) => {
      if (server.task_state === 'deleting') return;
      server.task_state = 'deleting';
      server.updated = now();
      store.touch();
      later(parts.deleteDelay, () => vanish(server));
    },
    detach: (server, port) =>
      later(Math.min(parts.deleteDelay, 50), () => {
        if (store.ports.has(port.id) && server.port_ids.includes(port.id)) unbind(server, port);
      }),
    resume: async () => {
      for (const server of store.servers.values()) {
        if (server.task_state === 'deleting') later(parts.deleteDelay, () => vanish(server));
        else if (server.status === 'BUILD') boot(server);
        else if (server.status === 'ACTIVE' && server.is_amphora && !server.crashed) {
          await instances.boot(server.id).catch((error: unknown) => log(`compute: ${server.id}: ${words(error)}`));
        }
      }
    },
    stop: () => {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
};
