import { Agent } from 'node:https';
import { createSecureContext, type SecureVersion } from 'node:tls';
import { ConfigurationError } from '../errors/configuration.ts';

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

const VERSIONS: readonly SecureVersion[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

/** The TLS version of that name. @throws ConfigurationError for a protocol Node does not know */
export const protocolVersion = (protocol: string): SecureVersion => {
  const version = VERSIONS.find((known) => known === protocol);
  if (version === undefined) {
    throw new ConfigurationError('AMPHORA_AGENT_TLS_PROTOCOL', `must be one of ${VERSIONS.join(', ')}`);
  }
  return version;
};

/**
 * The pool of connections for one set of credentials: one connection per amphora, as an agent serves one request at a
 * time. Node keeps a queue and an idle connection for every address and server name by itself. The protocol is
 * exact, not a minimum, since the agent speaks no other.
 */
export const createConnections = (credentials: AgentCredentials, tlsProtocol: string): Agent => {
  const version = protocolVersion(tlsProtocol);
  return new Agent({
    keepAlive: true,
    maxSockets: 1,
    maxFreeSockets: IDLE_CONNECTIONS,
    timeout: IDLE_TIMEOUT,
    // Resuming a session would skip the check of a certificate that has just been replaced.
    maxCachedSessions: 0,
    rejectUnauthorized: true,
    secureContext: createSecureContext({ ...credentials, minVersion: version, maxVersion: version }),
  });
};
