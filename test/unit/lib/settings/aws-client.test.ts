import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { newOperation } from '../../../../lib/repositories/operations/operations.ts';
import { requester } from '../../../fixtures/load-balancer.ts';

const realTimeout = setTimeout;

/** Takes connections and requests, and never answers. */
let silent: Server;
const sockets = new Set<Socket>();

beforeAll(async () => {
  silent = createServer((socket) => void sockets.add(socket.on('error', () => {}).resume()));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const address = silent.address();
  if (address === null || typeof address === 'string') throw new TypeError('not listening on a port');
  const endpoint = `http://127.0.0.1:${address.port}`;
  const settings = {
    DYNAMODB_ENDPOINT: endpoint,
    EVENT_BUS_ENDPOINT: endpoint,
    STEP_FUNCTIONS_ENDPOINT: endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint,
    STATE_MACHINE_ARN_PREFIX: 'arn:aws:states:us-east-1:000000000000:stateMachine:deploy-worker-',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  // Settings are read once by each copy of the modules.
  vi.resetModules();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  vi.resetModules();
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => silent.close(resolve));
});
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] }));
afterEach(() => void vi.useRealTimers());

const target = { target: 'load_balancer' as const, loadbalancer_id: crypto.randomUUID(), amphora_id: null };
const operation = newOperation({ flow: 'apply-changes', requester, input: {} }, { ...target, project_id: 'p' }, 7);

/** One request of each service, once its modules are loaded. */
const REQUESTS: Readonly<Record<string, () => Promise<() => Promise<unknown>>>> = {
  DynamoDB: async () => {
    const { findRow } = await import('../../../../lib/repositories/table/query.ts');
    return () => findRow({ pk: 'QUOTA#p', sk: 'QUOTA' });
  },
  'Step Functions': async () => {
    const { executionState } = await import('../../../../lib/executions/executions.ts');
    return () => executionState(operation);
  },
  EventBridge: async () => {
    const { createPutEvents } = await import('../../../../lib/events/put-events.ts');
    return () => createPutEvents()('Something Happened', [{ a: 1 }]);
  },
  'Secrets Manager': async () => {
    const { readSecret } = await import('../../../../lib/settings/secret.ts');
    await import('@aws-sdk/client-secrets-manager');
    return () => readSecret('SETTING', 'id');
  },
};

/** Seconds until the request fails, by a clock that runs ahead, and its error; null when it waits for a minute. */
const failureOf = async (request: () => Promise<unknown>) => {
  let failed: unknown = null;
  request().catch((error: unknown) => {
    failed = error;
  });
  for (let seconds = 0; seconds < 60; seconds += 1) {
    // A real moment, for what goes over the wire.
    await new Promise((resolve) => realTimeout(resolve, 5));
    if (failed !== null) return { seconds, failed };
    await vi.advanceTimersByTimeAsync(1_000);
  }
  return null;
};

describe('a request to an AWS service that takes connections and never answers', () => {
  it.each(Object.entries(REQUESTS))('fails, and says that time was over: %s', async (_service, request) => {
    const end = await failureOf(await request());
    expect(end?.seconds).toBeLessThanOrEqual(20);
    expect(String(end?.failed)).toContain('TimeoutError');
  });
});
