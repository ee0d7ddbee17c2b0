import { every, matching, sized } from '../fields/rule.ts';
import { type Subject, whole, word } from '../guard.ts';
import { type SafeText, text } from '../text.ts';
import type { Context } from './context.ts';
import type { RenderedListener } from './frontend.ts';
import type { AmphoraDetails } from './input.ts';

const DEFAULT_LOG_SOCKET = '/run/rsyslog/octavia/log';
const MOST_CONNECTIONS = 1_000_000;
const setting: Subject = { kind: 'setting', id: 'haproxy' };
const logTargetRule = every(sized(255), matching(/^[A-Za-z0-9/._:@-]+$/, 'is not a log target'));

const globalLimit = (listeners: readonly RenderedListener[]): number => {
  const sum = listeners.reduce((total, listener) => total + listener.connectionLimit, 0);
  return sum === 0 || sum >= MOST_CONNECTIONS ? MOST_CONNECTIONS : sum;
};

/** haproxy lays the whole cache out at every start: millions of entries would take it seconds, and each reload too. */
const MOST_SESSIONS = 400_000;

/**
 * Entries of the TLS session cache, from what memory is left beside the connections; null leaves haproxy's default.
 * Connections are counted with 32 KiB each, and an entry with 256 bytes.
 */
const sessionCacheSize = (details: AmphoraDetails, connections: number): number | null => {
  const { free, buffers, cached } = details.memory;
  const kibibytes = Math.floor(((free + buffers + cached - 32 * connections) * 2) / 5);
  return kibibytes > 5000 ? Math.min(kibibytes * 4, MOST_SESSIONS) : null;
};

const machineLines = (details: AmphoraDetails | null): readonly SafeText[] => {
  if (details === null || !details.activeTunedProfiles.split(/\s+/).includes('amphora')) return [];
  const threads = whole({ kind: 'amphora', id: 'agent' }, 'cpu_count', details.cpuCount, 0, 4096) - 1;
  return threads < 1 ? [] : [text`    nbthread ${threads}`, text`    cpu-map auto:1/1-${threads} 1-${threads}`];
};

export const globalLines = (
  context: Context,
  listeners: readonly RenderedListener[],
  details: AmphoraDetails | null,
): readonly SafeText[] => {
  const { basePath, loadBalancerId, options } = context;
  const target = (field: string, value: string | null | undefined): SafeText =>
    word(setting, field, value ?? DEFAULT_LOG_SOCKET, logTargetRule);
  const facility = (field: string, value: number): number => whole(setting, field, value, 0, 7);
  const limit = globalLimit(listeners);
  const user = facility('user_log_facility', options.userLogFacility);
  const administrative = facility('administrative_log_facility', options.administrativeLogFacility);
  const lines = [
    text`# Configuration for loadbalancer ${loadBalancerId}`,
    text`global`,
    text`    daemon`,
    text`    user nobody`,
    text`    log ${target('log_http', options.logHttp)} local${user}`,
    text`    log ${target('log_server', options.logServer)} local${administrative} notice`,
    text`    stats socket ${basePath}/${loadBalancerId}.sock mode 0666 level user`,
  ];
  if (context.features.keepsState) lines.push(text`    server-state-file ${basePath}/${loadBalancerId}/servers-state`);
  lines.push(text`    maxconn ${limit}`);
  const terminates = listeners.some((listener) => listener.protocol === 'TERMINATED_HTTPS');
  const cache = details && terminates ? sessionCacheSize(details, limit) : null;
  if (cache !== null) lines.push(text`    tune.ssl.cachesize ${cache}`);
  lines.push(...machineLines(details));
  if (listeners.some((listener) => listener.external)) {
    lines.push(text`    external-check`);
    if (context.features.wantsForkPermission) lines.push(text`    insecure-fork-wanted`);
  }
  return lines;
};

export const defaultsLines = (context: Context): readonly SafeText[] => [
  text`defaults`,
  context.options.connectionLogging ? text`    log global` : text`    no log`,
  text`    retries 3`,
  text`    option redispatch`,
  text`    option splice-request`,
  text`    option splice-response`,
  text`    option http-keep-alive`,
];
