import { SFNClient } from '@aws-sdk/client-sfn';
import { ControllerWorker } from '../../lib/controller-worker.ts';
import type { CloudFacts } from '../../local/cloud/facts.ts';
import { type Stack, startStack } from '../../local/stack.ts';
import { type Octavia, octavia } from '../rest/octavia.ts';
import { tokenOf } from '../rest/token.ts';
import { watchAgents } from './amphora-time.ts';
import { countUploads } from './uploads.ts';

/** What the measurements work with. */
export interface Site {
  readonly stack: Stack;
  readonly facts: CloudFacts;
  readonly worker: ControllerWorker;
  readonly stepFunctions: SFNClient;
  /** The stack's own API, called by a tenant. */
  readonly api: Octavia;
  /** Configurations that the agents were sent so far. */
  readonly uploads: () => number;
  /** Milliseconds so far in which an agent was working for this stack. */
  readonly agentsMs: () => number;
  /** The environment as it was before the stack put its settings there. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  stop(): Promise<void>;
}

/** Amphorae that may be built at the same time. */
export const BUILD_LIMIT = 10;

/** A local stack in memory, in this process. */
export const openSite = async (): Promise<Site> => {
  const environment = { ...process.env };
  const stack = await startStack({
    dataFolder: null,
    quiet: true,
    addressBlock: 'any',
    settings: { LOG_LEVEL: 'SILENT', BUILD_RATE_LIMIT: `${BUILD_LIMIT}` },
  });
  const { apiUrl, cloud, cloudsFile, endpoints } = stack;
  if (cloud === null || cloudsFile === null) throw new Error('the stack has no stand-in cloud');
  const stepFunctions = new SFNClient({ endpoint: endpoints.stepFunctions });
  const api = octavia(apiUrl, () => tokenOf(cloudsFile, 'alice'));
  return {
    stack,
    facts: cloud.facts,
    worker: new ControllerWorker(),
    stepFunctions,
    api,
    uploads: countUploads(cloud.faults),
    agentsMs: watchAgents(),
    environment,
    stop: async () => {
      await api.close();
      stepFunctions.destroy();
      await stack.stop();
    },
  };
};
