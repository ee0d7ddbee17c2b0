import { Agent } from 'node:https';
import { createSecureContext, type SecureVersion } from 'node:tls';

/** What the worker shows an agent, and the authority it checks the agent against, PEM each. */
export interface AgentCredentials {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** Milliseconds an idle connection is kept. */
const IDLE_TIMEOUT = 15_000;
/** Idle connections kept over all amphorae. */
const IDLE_CONNECTIONS = 32;

/**
 * The pool of connections for one set of credentials: one connection per amphora, as an agent serves one request at a
 * time. Node keeps a queue and an idle connection for every address and server name.
 * @param minVersion lowest version of TLS: newer agents also support newer ones, whatever their configuration says
 */
export const createConnections = (credentials: AgentCredentials, minVersion: SecureVersion): Agent =>
  new Agent({
    keepAlive: true,
    maxSockets: 1,
    maxFreeSockets: IDLE_CONNECTIONS,
    timeout: IDLE_TIMEOUT,
    // Resuming a session would skip the check of a certificate that has just been replaced.
    maxCachedSessions: 0,
    rejectUnauthorized: true,
    secureContext: createSecureContext({ ...credentials, minVersion }),
  });
