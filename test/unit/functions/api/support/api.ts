import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { createApi } from '../../../../../functions/api/api.ts';
import { dryRun } from '../../../../../functions/api/dry-run/dry-run.ts';
import { byToken } from '../../../../../functions/api/middleware/authenticate.ts';
import { createTokenCache } from '../../../../../functions/api/middleware/token-cache.ts';
import type { ApiDependencies, ApiSettings } from '../../../../../functions/api/request/dependencies.ts';
import type { AnyRoute } from '../../../../../functions/api/request/router.ts';
import { createRoutes } from '../../../../../functions/api/routes.ts';
import type { TokenIdentity } from '../../../../../lib/drivers/identity/identity-driver.ts';
import type { QuotaNumbers } from '../../../../../lib/models/objects/quota.ts';
import type { Operation } from '../../../../../lib/models/operations/operation.ts';
import { DELETABLE_STATUSES, MUTABLE_STATUSES, ProvisioningStatus } from '../../../../../lib/models/statuses.ts';
import { commitLoadBalancerOperation, commitNewLoadBalancer } from '../../../../../lib/repositories/locks/commits.ts';
import * as quotaRows from '../../../../../lib/repositories/quotas/quotas.ts';
import type { PolicySet } from '../../../../../lib/settings/config.ts';
import type { LoadTlsMaterial } from '../../../../../lib/tls/tls-material.ts';
import { logger } from '../../../../../lib/tools/logger.ts';
import type { OperationHandle } from '../../../../../lib/worker/operation-handle.ts';
import { committingChanges } from './committing-changes.ts';
import { checksAnswers } from './documented.ts';
import { type FakeNetwork, fakeNetwork } from './fake-network.ts';

export const SETTINGS: ApiSettings = {
  healthcheckEnabled: false,
  paginationMaxLimit: 1000,
  loadbalancerTopology: 'SINGLE',
  validVipNetworks: [],
  denylistVipNetworks: [],
  allowVipNetworkId: true,
  allowVipSubnetId: true,
  allowVipPortId: true,
  reservedIps: ['169.254.169.254'],
  allowTlsTerminatedListeners: true,
  allowPrometheusListeners: true,
  allowPingHealthMonitors: true,
  udpConnectMinIntervalHealthMonitor: 3,
  timeoutClientData: 50_000,
  timeoutMemberConnect: 5_000,
  timeoutMemberData: 50_000,
  timeoutTcpInspect: 0,
  defaultListenerCiphers: 'TLS_AES_128_GCM_SHA256',
  defaultPoolCiphers: 'TLS_AES_256_GCM_SHA384',
  defaultListenerTlsVersions: ['TLSv1.2', 'TLSv1.3'],
  defaultPoolTlsVersions: ['TLSv1.3'],
  defaultListenerAlpnProtocols: ['h2', 'http/1.1'],
  defaultPoolAlpnProtocols: ['http/1.1'],
  tlsCipherProhibitList: ['RC4-SHA'],
  minimumTlsVersion: 'TLSv1.1',
};

export const UNLIMITED: QuotaNumbers = {
  load_balancer: -1,
  listener: -1,
  pool: -1,
  member: -1,
  health_monitor: -1,
  l7policy: -1,
  l7rule: -1,
};

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Call {
  readonly method?: string;
  readonly body?: unknown;
  /** Sent as it is instead of `body`. */
  readonly rawBody?: string;
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

const handleOf = (operation: Operation): OperationHandle => ({
  operationId: operation.id,
  executionArn: '',
  resourceId: operation.loadbalancer_id ?? '',
  wait: async () => operation,
});

/** Commits as the real worker does, and starts nothing. */
const committingWorker: ApiDependencies['worker'] = (requester) => ({
  createLoadBalancer: async (loadBalancer, children) =>
    handleOf(await commitNewLoadBalancer(loadBalancer, { flow: 'create-load-balancer', requester }, children)),
  updateLoadBalancer: async (id, { vip = {}, ...changes }) =>
    handleOf(
      await commitLoadBalancerOperation(
        id,
        { flow: 'update-load-balancer', requester },
        { allowed: MUTABLE_STATUSES, to: ProvisioningStatus.PENDING_UPDATE, changes, vip },
      ),
    ),
  deleteLoadBalancer: async (id) =>
    handleOf(
      await commitLoadBalancerOperation(
        id,
        { flow: 'delete-load-balancer', requester },
        { allowed: DELETABLE_STATUSES, to: ProvisioningStatus.PENDING_DELETE, deletes: true },
      ),
    ),
});

/** Refuses: tests of repairs give a worker of their own. */
const noRepairs: ApiDependencies['repairs'] = () => {
  const refuse = async () => {
    throw new Error('no repairs here');
  };
  return {
    failoverLoadBalancer: refuse,
    failoverAmphora: refuse,
    deleteAmphora: refuse,
    updateAmphoraAgentConfig: refuse,
    redriveOperation: refuse,
  };
};

export interface TestApi {
  /** A token of that project with these roles. */
  tokenFor(projectId: string | null, ...roles: readonly string[]): string;
  /** A token of no project and no scope, with these roles. */
  unscopedToken(...roles: readonly string[]): string;
  call(path: string, call?: Call): Promise<Answer>;
  /** Tokens that the identity service was asked about, in order. */
  readonly validated: readonly string[];
  readonly network: FakeNetwork;
  readonly routes: readonly AnyRoute[];
}

const noTls: LoadTlsMaterial = async () => ({
  files: { listeners: new Map(), pools: new Map() },
  uploads: [],
  failedListeners: new Map(),
  failedPools: new Map(),
  unread: new Map(),
});

/** A cloud with one Nova flavor, one zone and one image. */
const fewChoices: ApiDependencies['cloudChoices'] = async () => ({
  flavorExists: async (id) => id === 'large',
  imageExists: async (tag) => tag === 'next',
  listAvailabilityZones: async () => ['east'],
});

/**
 * The whole API over the table, with a network, an identity service and a worker that are small fakes. Each answer is
 * checked by the API's description.
 */
export const testApi = (
  changes: Partial<ApiDependencies> & {
    readonly fake?: FakeNetwork;
    readonly baseUri?: string;
    /** @default keystone_default */
    readonly policySet?: PolicySet;
    /** @default never */
    readonly refuseFrozen?: () => Promise<void>;
    /** Whether answers are checked by the API's description. @default true */
    readonly checked?: boolean;
    /** Milliseconds until the function is stopped, for each request. @default 29 s */
    readonly remainingMs?: number;
  } = {},
): TestApi => {
  const { fake: network = fakeNetwork(), baseUri = null, checked = true, remainingMs = 29_000, ...others } = changes;
  const { policySet = 'keystone_default', refuseFrozen = async () => {}, ...replaced } = others;
  logger.setLogLevel('SILENT');
  const tokens = new Map<string, TokenIdentity>();
  const routes = createRoutes({
    settings: () => SETTINGS,
    network: () => network,
    networkSeenBy: () => network,
    cloudChoices: fewChoices,
    identity: () => ({ projectExists: async (id) => id !== 'unknown' }),
    tlsReferences: async () => ({ grant: async () => {}, check: async () => {} }),
    worker: committingWorker,
    changes: committingChanges,
    quotas: async () => quotaRows,
    defaultQuota: () => UNLIMITED,
    rollouts: async () => ({ findDue: async () => [], defaults: { atOnce: 1, maxFailures: 1 } }),
    requestDriftCheck: async () => undefined,
    repairs: noRepairs,
    ...replaced,
  });
  const checkAnswer = checked ? checksAnswers(routes) : () => {};
  const validated: string[] = [];
  const identity = {
    validateToken: async (token: string) => {
      validated.push(token);
      return tokens.get(token) ?? null;
    },
  };
  const handler = createApi({
    routes,
    authenticate: byToken(createTokenCache({ identity: () => identity, seconds: 60 }), () => ['service']),
    policySet: () => policySet,
    baseUri: () => baseUri,
    refuseFrozen,
    dryRun: (_caller, work) =>
      dryRun(work, { subnets: network, loadTls: noTls, defaultQuota: (replaced.defaultQuota ?? (() => UNLIMITED))() }),
  });
  const addToken = (projectId: string | null, roles: readonly string[], systemScope: boolean): string => {
    const token = randomUUID();
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const userId = `user-of-${projectId}`;
    tokens.set(token, { userId, projectId, projectDomainId: null, roles, expiresAt, systemScope });
    return token;
  };
  return {
    validated,
    network,
    routes,
    tokenFor: (projectId, ...roles) => addToken(projectId, roles, projectId === null),
    unscopedToken: (...roles) => addToken(null, roles, false),
    async call(path, { method = 'GET', body, rawBody, token = null, headers = {} } = {}) {
      const [rawPath = '', rawQueryString = ''] = path.split('?');
      const answer = await handler(
        {
          rawPath,
          rawQueryString,
          headers: { host: 'lb.example', ...(token === null ? {} : { 'x-auth-token': token }), ...headers },
          body: rawBody ?? (body === undefined ? undefined : JSON.stringify(body)),
          isBase64Encoded: false,
          requestContext: { http: { method } },
        },
        contextFor(remainingMs),
      );
      if (answer === undefined) throw new Error('the API answered nothing');
      const status = answer.statusCode ?? 0;
      const answered: unknown = answer.body === undefined ? undefined : JSON.parse(answer.body);
      checkAnswer(method, rawPath, rawQueryString, { status, body: answered });
      return { status, headers: answer.headers ?? {}, body: answer.body === undefined ? {} : JSON.parse(answer.body) };
    },
  };
};

const contextFor = (milliseconds: number, stoppedAt = Date.now() + milliseconds): Context => ({
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'Api',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:Api',
  memoryLimitInMB: '512',
  awsRequestId: 'test',
  logGroupName: '',
  logStreamName: '',
  getRemainingTimeInMillis: () => stoppedAt - Date.now(),
  done: () => {},
  fail: () => {},
  succeed: () => {},
});
