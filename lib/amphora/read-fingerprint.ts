import { connect, createSecureContext, type SecureVersion } from 'node:tls';
import type { AgentCredentials } from './agent-connection.ts';

export interface FingerprintRequest {
  readonly credentials: AgentCredentials;
  /** The lowest version of TLS. */
  readonly minVersion: SecureVersion;
  readonly address: string;
  readonly port: number;
  /** The name the certificate must carry. */
  readonly serverName: string;
  /** Milliseconds. */
  readonly timeout: number;
}

/** SHA-256 fingerprint of the certificate that an agent shows; nothing is sent after the handshake. */
export const readFingerprint = (request: FingerprintRequest): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect({
      host: request.address,
      port: request.port,
      servername: request.serverName,
      secureContext: createSecureContext({ ...request.credentials, minVersion: request.minVersion }),
      rejectUnauthorized: true,
    });
    let late = 'CONNECT_TIMEOUT';
    const timer = setTimeout(() => socket.destroy(Object.assign(new Error(late), { code: late })), request.timeout);
    socket.once('connect', () => {
      late = 'HANDSHAKE_TIMEOUT';
    });
    socket.once('error', reject);
    socket.once('close', () => clearTimeout(timer));
    socket.once('secureConnect', () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
  });
