import type { AgentMode, Agents } from '../agent/agents.ts';
import type { BootPlan } from '../compute/servers.ts';
import type { Store } from '../store/store.ts';
import type { FaultRule, FaultRules } from './rules.ts';

/** Trouble on demand. */
export interface Faults {
  /** Adds a rule; see faultRule for its fields. @throws when it is none */
  add(rule: FaultRule): void;
  /** The rules in force. */
  rules(): readonly FaultRule[];
  /** Forgets all rules and everything planned, and lets go on what a rule delays; agents that were changed stay as they are. */
  clear(): void;
  /** The next servers (one by default) end in ERROR with this text. */
  failNextServer(message?: string, times?: number): void;
  /** The next servers (one by default) stay in BUILD for ever. */
  stallNextServer(times?: number): void;
  /** The agents of the next servers (one by default) come up in this mode. */
  setNextAgentMode(mode: AgentMode, times?: number): void;
  /** Nova refuses new servers for quota; for ever, or so many times. */
  refuseServers(times?: number): void;
  /** @throws when the server runs no agent */
  setAgentMode(serverId: string, mode: AgentMode): Promise<void>;
  /** The agent shows this certificate with key (PEM), for example another amphora's. */
  showCertificate(serverId: string, pem: string): Promise<void>;
  /** Agent, haproxy and heartbeats die; Nova goes on saying ACTIVE. @throws when there is no such server */
  crashServer(serverId: string): Promise<void>;
}

const NO_HOST = 'No valid host was found. There are not enough hosts available.';
const QUOTA = 'Quota exceeded for instances: Requested 1, but already used 10 of 10 instances';

/** The faults, and the side of them that Nova asks. */
export const createFaults = (
  store: Store,
  rules: FaultRules,
  agents: Agents,
): { readonly faults: Faults; takePlan(): BootPlan | undefined } => {
  let planned: BootPlan[] = [];
  const faults: Faults = {
    add: rules.add,
    rules: rules.list,
    clear: () => {
      rules.clear();
      planned = [];
      agents.planModes([]);
    },
    failNextServer: (message = NO_HOST, times = 1) => {
      planned.push(...Array.from({ length: times }, () => ({ fault: message })));
    },
    stallNextServer: (times = 1) => {
      planned.push(...Array.from({ length: times }, () => 'stall' as const));
    },
    setNextAgentMode: (mode, times = 1) =>
      agents.planModes([...agents.plannedModes(), ...Array.from({ length: times }, () => mode)]),
    refuseServers: (times) =>
      rules.add({
        service: 'compute',
        method: 'POST',
        path: '/servers$',
        status: 403,
        body: { forbidden: { code: 403, message: QUOTA } },
        ...(times === undefined ? {} : { times }),
      }),
    setAgentMode: agents.setMode,
    showCertificate: (serverId, pem) => agents.showCertificate(serverId, Buffer.from(pem)),
    crashServer: async (serverId) => {
      const server = store.servers.get(serverId);
      if (server === undefined) throw new Error(`there is no server ${serverId}`);
      server.crashed = true;
      store.touch();
      await agents.crash(serverId);
    },
  };
  return { faults, takePlan: () => planned.shift() };
};
