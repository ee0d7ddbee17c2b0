import {
  AmphoraIdentityError,
  AmphoraRequestError,
  AmphoraSilentError,
  AmphoraUnreachableError,
} from '../errors/cloud.ts';
import { type AgentAnswer, isStarting, jsonOf } from './agent-answer.ts';
import type { AgentEndpoint } from './agent-endpoint.ts';

/** One call, for messages: never its body. */
export interface AgentCall {
  readonly method: string;
  readonly path: string;
}

/** Characters of an agent's own words that an error carries; the output of haproxy -c can be long. */
const DETAILS_LIMIT = 4_000;

/** The interface was attached, but the amphora's kernel has not shown it to the agent yet. */
const INTERFACE_NOT_SEEN = 'No suitable network interface found';

/** OpenSSL's verdicts on a peer's certificate chain, as Node names them. */
const CHAIN_REFUSED = new Set([
  'CERT_CHAIN_TOO_LONG',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/**
 * The TLS alerts by which the other side refuses the worker's certificate, or finds no way to speak with it: handshake
 * failure, bad, unsupported, revoked, expired, unknown and required certificate, unknown CA, access denied, decrypt
 * error, protocol version. Node names none of them in its error codes, OpenSSL's text has the number.
 */
const REFUSING_ALERTS = new Set([40, 42, 43, 44, 45, 46, 48, 49, 51, 70, 116]);

/** The other side does not use TLS, or another version. */
const NO_COMMON_TLS = /^ERR_SSL_(?:WRONG_VERSION_NUMBER|UNSUPPORTED_PROTOCOL|NO_PROTOCOLS_AVAILABLE)$/;

const where = ({ amphoraId, lbNetworkIp }: AgentEndpoint, { method, path }: AgentCall): string =>
  `Amphora ${amphoraId} at ${lbNetworkIp}, ${method} ${path}`;

const about = ({ amphoraId }: AgentEndpoint) => ({ resource: 'amphora', resourceId: amphoraId });

/** Nothing is at the address, or nothing listens there. No way to the network at all is this side's own trouble. */
const NOBODY_THERE = new Set(['CONNECT_TIMEOUT', 'ECONNREFUSED', 'EHOSTDOWN', 'EHOSTUNREACH', 'ETIMEDOUT']);

interface Reason {
  readonly reason: string;
  readonly identity: boolean;
}

/** Why a connection failed in a word, and whether it is about the identity of the two sides. */
const verdict = (error: unknown): Reason => {
  if (!(error instanceof Error)) return { reason: 'unknown error', identity: false };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.message;
  const alert = error.message.match(/SSL alert number (\d+)/)?.[1];
  if (alert !== undefined) return { reason: `TLS alert ${alert}`, identity: REFUSING_ALERTS.has(Number(alert)) };
  return { reason: code, identity: CHAIN_REFUSED.has(code) || NO_COMMON_TLS.test(code) };
};

/**
 * Names a failed connection. The cause is left out: for a wrong name Node hangs the whole certificate on it.
 */
export const connectionError = (
  endpoint: AgentEndpoint,
  call: AgentCall,
  error: unknown,
): AmphoraIdentityError | AmphoraUnreachableError => {
  const { reason, identity } = verdict(error);
  if (identity) return new AmphoraIdentityError(`${where(endpoint, call)}: TLS refused: ${reason}.`, about(endpoint));
  const message = `${where(endpoint, call)}: ${reason}.`;
  return reason === 'READ_TIMEOUT'
    ? new AmphoraSilentError(message, about(endpoint))
    : new AmphoraUnreachableError(message, { ...about(endpoint), nobodyThere: NOBODY_THERE.has(reason) });
};

/** The agent's own words: it puts them in one of three places, or answers in plain text. */
const wordsIn = (answer: AgentAnswer): string => {
  const body = jsonOf(answer);
  if (typeof body !== 'object' || body === null) return answer.text;
  const places = ['details' in body && body.details, 'error' in body && body.error, 'message' in body && body.message];
  return places.find((words): words is string => typeof words === 'string' && words !== '') ?? answer.text;
};

/** Names an answer that is no success. */
export const answerError = (
  endpoint: AgentEndpoint,
  call: AgentCall,
  answer: AgentAnswer,
): AmphoraRequestError | AmphoraUnreachableError => {
  const details = wordsIn(answer).trim().slice(0, DETAILS_LIMIT);
  const message = `${where(endpoint, call)}: ${answer.status}: ${details}`;
  const unseen = answer.status === 404 && details.includes(INTERFACE_NOT_SEEN);
  return isStarting(answer) || unseen || (answer.status >= 502 && answer.status <= 504)
    ? new AmphoraUnreachableError(message, about(endpoint))
    : new AmphoraRequestError(message, { ...about(endpoint), status: answer.status, details });
};
