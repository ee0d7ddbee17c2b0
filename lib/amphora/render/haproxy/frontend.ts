import type { Listener } from '../../../models/objects/listener.ts';
import { uuidRule } from '../fields/identity.ts';
import { type Subject, whole, word } from '../guard.ts';
import { EMPTY, type SafeText, text } from '../text.ts';
import { backendLines, backendName, listenerMode } from './backend.ts';
import { bindLines } from './bind.ts';
import { type Context, connectionLimit, timeoutOf } from './context.ts';
import { policyLines } from './l7.ts';
import { DEFAULT_LOG_FORMAT, logFormatLine } from './log-format.ts';
import type { PreparedPool } from './pool.ts';

/** A listener's frontend with the backends behind it, and what the global section has to know of it. */
export interface RenderedListener {
  readonly lines: readonly SafeText[];
  readonly protocol: Listener['protocol'];
  readonly connectionLimit: number;
  /** One of its pools is checked by an external command. */
  readonly external: boolean;
}

const hstsLine = (listener: Listener, subject: Subject): readonly SafeText[] => {
  if (listener.protocol !== 'TERMINATED_HTTPS' || listener.hsts_max_age === null) return [];
  const age = whole(subject, 'hsts_max_age', listener.hsts_max_age, 0, Number.MAX_SAFE_INTEGER);
  const subdomains = listener.hsts_include_subdomains ? text` includeSubDomains;` : EMPTY;
  const preload = listener.hsts_preload ? text` preload;` : EMPTY;
  return [text`    http-response set-header Strict-Transport-Security "max-age=${age};${subdomains}${preload}"`];
};

/** The pools of a listener in the order of their use, each once, and the lines of its policies. */
const trafficOf = (
  context: Context,
  listener: Listener,
  id: SafeText,
  poolOf: (id: string | null) => PreparedPool | null,
): { readonly pools: ReadonlySet<PreparedPool>; readonly main: PreparedPool | null; readonly lines: SafeText[] } => {
  if (listener.protocol === 'PROMETHEUS') return { pools: new Set(), main: null, lines: [] };
  const main = poolOf(listener.default_pool_id);
  const pools = new Set(main ? [main] : []);
  const lines: SafeText[] = [];
  for (const policy of context.index.policiesByListener.get(listener.id) ?? []) {
    const pool = policy.action === 'REDIRECT_TO_POOL' ? poolOf(policy.redirect_pool_id) : null;
    const rendered = context.attempt(() => policyLines(context, policy, pool && backendName(pool, id)));
    if (rendered === null) continue;
    lines.push(...rendered);
    if (pool && context.index.policiesWithRules.has(policy.id)) pools.add(pool);
  }
  return { pools, main, lines };
};

/** @throws UnrenderableValueError a value of the listener itself is bad */
export const renderListener = (
  context: Context,
  listener: Listener,
  poolOf: (id: string | null) => PreparedPool | null,
): RenderedListener => {
  const subject: Subject = { kind: 'listener', id: listener.id };
  const id = word(subject, 'id', listener.id, uuidRule);
  const limit = connectionLimit(context, subject, listener.connection_limit);
  const traffic = trafficOf(context, listener, id, poolOf);
  const lines = [text`frontend ${id}`, text`    maxconn ${limit}`];
  if (listener.protocol === 'TERMINATED_HTTPS') lines.push(text`    redirect scheme https if !{ ssl_fc }`);
  lines.push(...hstsLine(listener, subject), ...bindLines(context, listener, id, subject));
  lines.push(listenerMode(listener) === 'http' ? text`    mode http` : text`    mode tcp`, ...traffic.lines);
  if (traffic.main) lines.push(text`    default_backend ${backendName(traffic.main, id)}`);
  lines.push(text`    timeout client ${timeoutOf(context, listener, 'timeout_client_data')}`);
  const inspect = timeoutOf(context, listener, 'timeout_tcp_inspect');
  if (inspect > 0) lines.push(text`    tcp-request inspect-delay ${inspect}`);
  if (listener.protocol === 'PROMETHEUS' && context.features.prometheus) {
    lines.push(text`    default_backend prometheus-exporter-internal`);
  }
  if (context.options.connectionLogging) {
    const http = listener.protocol === 'HTTP' || listener.protocol === 'TERMINATED_HTTPS';
    lines.push(logFormatLine(context.options.logFormat ?? DEFAULT_LOG_FORMAT, context.index.loadBalancer, http));
  }
  for (const pool of traffic.pools) lines.push(EMPTY, ...backendLines(context, listener, id, pool));
  const external = [...traffic.pools].some((pool) => pool.health?.external === true);
  return { lines, protocol: listener.protocol, connectionLimit: limit, external };
};
