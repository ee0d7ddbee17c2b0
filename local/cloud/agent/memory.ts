import * as z from 'zod';
import type { InstanceFiles } from './instance-files.ts';

const nic = z.object({
  name: z.string(),
  mac_address: z.string(),
  /** Its own addresses, without VIPs. */
  addresses: z.array(z.string()),
  vips: z.array(z.string()),
});

const memory = z.object({
  interfaces: z.array(nic),
  /** Load balancers and LVS listeners that were started and not stopped. */
  running: z.array(z.string()),
  vrrp_started: z.boolean(),
  /** Interface rules as they were sent, by interface. */
  rules: z.record(z.string(), z.array(z.unknown())),
});

/** What an agent must know again after its host restarted. */
export type AgentMemory = z.infer<typeof memory>;
export type Nic = z.infer<typeof nic>;

const FILE = '/agent-memory.json';

export const loadMemory = (files: InstanceFiles): AgentMemory => {
  const saved = files.read(FILE);
  if (saved === null) return { interfaces: [], running: [], vrrp_started: false, rules: {} };
  return memory.parse(JSON.parse(saved.toString()));
};

export const saveMemory = (files: InstanceFiles, current: AgentMemory): void =>
  files.write(FILE, JSON.stringify(current));
