import type { Facts } from '../facts.ts';
import { recipe } from '../instance.ts';

/** The API services of the recipe's cloud that may go away. */
export const API_SERVICES = ['neutron', 'nova-api', 'keystone', 'barbican'] as const;
export type ApiService = (typeof API_SERVICES)[number];

/** Ends services of the cloud, whatever they are at. */
export const stopServices = async (facts: Facts, names: readonly ApiService[]): Promise<void> => {
  for (const name of names) await recipe(facts, 'service', 'stop', name);
};

/** Starts what does not run; answers when all of them answer. */
export const startServices = async (facts: Facts, names: readonly ApiService[] = API_SERVICES): Promise<void> => {
  await Promise.all(names.map((name) => recipe(facts, 'service', 'start', name)));
};

/** The agent's web server and its worker, which call themselves otherwise than they were started, and its sender of heartbeats. */
const AGENT = 'gunicorn|amphora-agent';

/** What the agent of an amphora does from now on: 'STOP' takes connections and answers none, 'CONT' goes on. */
export const signalAgent = (facts: Facts, serverId: string, signal: 'STOP' | 'CONT'): Promise<string> =>
  recipe(facts, 'vm/vm-ctl', 'exec', serverId, 'pkill', `-${signal}`, '-f', AGENT);
