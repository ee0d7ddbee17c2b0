import type { Listener } from '../../../models/objects/listener.ts';
import type { Subject } from '../guard.ts';
import { EMPTY, type SafeText, text } from '../text.ts';
import { hasCertificate } from './bind.ts';
import { type Context, connectionLimit, timeoutOf } from './context.ts';
import { headerLines } from './headers.ts';
import type { PreparedPool } from './pool.ts';

export const listenerMode = (listener: Listener): 'tcp' | 'http' =>
  listener.protocol === 'TCP' || listener.protocol === 'HTTPS' ? 'tcp' : 'http';

/** Heartbeats report a pool by this name. */
export const backendName = (prepared: PreparedPool, listenerId: SafeText): SafeText =>
  text`${prepared.id}:${listenerId}`;

const proxyOption = (prepared: PreparedPool, listener: Listener): SafeText => {
  if (prepared.pool.protocol === 'PROXY') return text` send-proxy`;
  if (prepared.pool.protocol !== 'PROXYV2') return EMPTY;
  const terminated = listener.protocol === 'TERMINATED_HTTPS' && hasCertificate(listener);
  return terminated ? text` send-proxy-v2-ssl-cn` : text` send-proxy-v2`;
};

/** One backend: a pool as one listener uses it. @throws UnrenderableValueError a value of the listener is bad */
export const backendLines = (
  context: Context,
  listener: Listener,
  listenerId: SafeText,
  prepared: PreparedPool,
): readonly SafeText[] => {
  const subject: Subject = { kind: 'listener', id: listener.id };
  const mode = prepared.mode ?? listenerMode(listener);
  const lines = [
    text`backend ${backendName(prepared, listenerId)}`,
    mode === 'http' ? text`    mode http` : text`    mode tcp`,
  ];
  if (context.features.keepsState && mode === 'http') lines.push(text`    http-reuse safe`);
  lines.push(text`    balance ${prepared.balance}`, ...prepared.persistence, ...(prepared.health?.lines ?? []));
  lines.push(...headerLines(listener, subject, prepared.pool.protocol === 'HTTP'));
  lines.push(
    text`    fullconn ${connectionLimit(context, subject, listener.connection_limit)}`,
    text`    option allbackups`,
    text`    timeout connect ${timeoutOf(context, listener, 'timeout_member_connect')}`,
    text`    timeout server ${timeoutOf(context, listener, 'timeout_member_data')}`,
  );
  const proxy = proxyOption(prepared, listener);
  for (const server of prepared.servers) lines.push(text`${server.start}${proxy}${server.end}`);
  return lines;
};
