import type { Agent } from 'node:https';
import type { SecureVersion } from 'node:tls';
import { remainingMs } from '../context/deadline.ts';
import { type AgentAnswer, isStarting } from './agent-answer.ts';
import { type AgentCredentials, createConnections } from './agent-connection.ts';
import { type AgentEndpoint, connectAddress, hostHeader } from './agent-endpoint.ts';
import { answerError, connectionError } from './agent-errors.ts';
import { readFingerprint } from './read-fingerprint.ts';
import { sendRequest } from './send-request.ts';

/** The part of the amphora settings the wire needs; times are milliseconds. */
export interface AgentClientSettings {
  readonly agentPort: number;
  readonly connectTimeout: number;
  readonly readTimeout: number;
  readonly lbNetworkInterface: string;
  /** The lowest version of TLS. */
  readonly agentTlsProtocol: SecureVersion;
}

export interface AgentRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** From the root: with the version, already escaped. */
  readonly path: string;
  /** Sent as it is when text, as JSON when an object. */
  readonly body?: string | object;
  /** Statuses besides 2xx that are an answer and no error. */
  readonly accept?: readonly number[];
  /** Bytes that the answer may have. @default 1 MiB */
  readonly answerLimit?: number;
}

export interface AgentClient {
  /** @throws AmphoraUnreachableError, AmphoraIdentityError, AmphoraRequestError */
  request(endpoint: AgentEndpoint, request: AgentRequest): Promise<AgentAnswer>;
  /**
   * SHA-256 fingerprint of the certificate the agent shows to a new connection.
   * @throws AmphoraUnreachableError, AmphoraIdentityError
   */
  peerFingerprint(endpoint: AgentEndpoint): Promise<string>;
}

const payload = (body: string | object | undefined) => {
  if (body === undefined) return { body: null, contentType: '' };
  return typeof body === 'string'
    ? { body: Buffer.from(body, 'utf8'), contentType: 'application/octet-stream' }
    : { body: Buffer.from(JSON.stringify(body), 'utf8'), contentType: 'application/json' };
};

/** The largest real answer that is no file, the output of haproxy -c, stays far below. */
const ANSWER_LIMIT = 1_048_576;

/** Milliseconds of the function's time for what follows an agent that does not answer: the step's record, in two tries. */
const RESERVE_MS = 2_000;

/**
 * Calls agents over mutual TLS: connects by address, and accepts only a certificate of the server CA that carries the
 * amphora's id. `credentials` is asked before each request; new ones mean new connections.
 */
export const createAgentClient = (
  settings: AgentClientSettings,
  credentials: () => Promise<AgentCredentials>,
): AgentClient => {
  let current: { readonly credentials: AgentCredentials; readonly connections: Agent } | undefined;

  const connections = async (): Promise<Agent> => {
    const latest = await credentials();
    if (current?.credentials !== latest) {
      // The old pool may still serve a request; its idle connections time out.
      current = { credentials: latest, connections: createConnections(latest, settings.agentTlsProtocol) };
    }
    return current.connections;
  };

  return {
    async request(endpoint, { method, path, body, accept = [], answerLimit = ANSWER_LIMIT }) {
      const pool = await connections();
      const wire = await sendRequest({
        connections: pool,
        address: connectAddress(endpoint.lbNetworkIp, settings.lbNetworkInterface),
        port: settings.agentPort,
        hostHeader: hostHeader(endpoint.lbNetworkIp, settings.agentPort),
        serverName: endpoint.amphoraId,
        method,
        path,
        ...payload(body),
        connectTimeout: settings.connectTimeout,
        readTimeout: Math.min(settings.readTimeout, Math.max(1, remainingMs() - RESERVE_MS)),
        answerLimit,
      }).catch((error: unknown) => {
        throw connectionError(endpoint, { method, path }, error);
      });
      const answer = { status: wire.status, contentType: wire.contentType, text: wire.body.toString('utf8') };
      const wanted =
        (answer.status >= 200 && answer.status < 300) || (accept.includes(answer.status) && !isStarting(answer));
      if (!wanted) throw answerError(endpoint, { method, path }, answer);
      return answer;
    },
    async peerFingerprint(endpoint) {
      const latest = await credentials();
      return await readFingerprint({
        credentials: latest,
        minVersion: settings.agentTlsProtocol,
        address: connectAddress(endpoint.lbNetworkIp, settings.lbNetworkInterface),
        port: settings.agentPort,
        serverName: endpoint.amphoraId,
        timeout: settings.connectTimeout,
      }).catch((error: unknown) => {
        throw connectionError(endpoint, { method: 'TLS', path: 'handshake' }, error);
      });
    },
  };
};
