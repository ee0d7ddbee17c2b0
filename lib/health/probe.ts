import type { AmphoraDriver } from '../drivers/amphora/amphora-driver.ts';
import type { ComputeDriver } from '../drivers/compute/compute-driver.ts';
import { AmphoraUnreachableError, CloudResourceNotFoundError } from '../errors/cloud.ts';
import type { Amphora } from '../models/objects/amphora.ts';

/**
 * - `dead`: nothing answers at the agent's address, or Nova says that the server does not run.
 * - `alive`: the agent shows its certificate.
 * - `unknown`: neither can be said; time decides.
 */
export type Verdict = 'dead' | 'alive' | 'unknown';

export interface ProbeDrivers {
  readonly agents: Pick<AmphoraDriver, 'shownCertificate'>;
  readonly compute: Pick<ComputeDriver, 'getServer'>;
}

/** One lost packet is no death. */
const TRIES = 2;

type Agent = 'answers' | 'unreachable' | 'strange';
type Server = 'runs' | 'gone' | 'unknown';

const askAgent = async (agents: ProbeDrivers['agents'], amphora: Amphora): Promise<Agent> => {
  const { id, lb_network_ip } = amphora;
  if (lb_network_ip === null) return 'strange';
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    try {
      // A connection of its own: one that is kept from before says nothing for a long time when its other end is gone.
      await agents.shownCertificate({ amphoraId: id, lbNetworkIp: lb_network_ip });
      return 'answers';
    } catch (error) {
      // Something is there, and does not answer as the agent should: that proves neither life nor death.
      if (!(error instanceof AmphoraUnreachableError) || !error.nobodyThere) return 'strange';
    }
  }
  return 'unreachable';
};

const askNova = async (compute: ProbeDrivers['compute'], { compute_id }: Amphora): Promise<Server> => {
  if (compute_id === null) return 'unknown';
  try {
    const { status } = await compute.getServer(compute_id);
    return status === 'ACTIVE' ? 'runs' : status === 'DELETED' || status === 'ERROR' ? 'gone' : 'unknown';
  } catch (error) {
    return error instanceof CloudResourceNotFoundError ? 'gone' : 'unknown';
  }
};

/**
 * Probes a stale amphora. An agent that cannot be reached is dead only while Nova can be: else it is more likely that
 * this side has no network.
 */
export const probe = async ({ agents, compute }: ProbeDrivers, amphora: Amphora): Promise<Verdict> => {
  const [agent, server] = await Promise.all([askAgent(agents, amphora), askNova(compute, amphora)]);
  if (agent === 'answers') return 'alive';
  if (server === 'gone') return 'dead';
  return agent === 'unreachable' && server === 'runs' ? 'dead' : 'unknown';
};
