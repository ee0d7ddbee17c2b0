import type { HealthMonitor } from '../../../models/objects/pool.ts';
import { domainNameRule, expandExpectedCodes, expectedCodesRule, urlPathRule } from '../fields/http.ts';
import { argument, lookup, refuse, type Subject, whole } from '../guard.ts';
import { EMPTY, type SafeText, safeText, text } from '../text.ts';
import type { Context } from './context.ts';

/** The parts of a health check: lines of the backend, and words of each of its server lines. */
export interface HealthCheck {
  readonly lines: readonly SafeText[];
  /** " check ... rise N"; address and port of the check follow it. */
  readonly serverOption: SafeText;
  readonly external: boolean;
}

/** The image has it only here, whatever AMPHORA_BASE_PATH is: elements/haproxy-octavia of the image's elements. */
const PING_WRAPPER = text`/var/lib/octavia/ping-wrapper.sh`;

/** haproxy counts milliseconds in 31 bits. */
const MOST_SECONDS = 2_147_483;

const METHODS: Readonly<Record<string, SafeText>> = {
  GET: text`GET`,
  HEAD: text`HEAD`,
  POST: text`POST`,
  PUT: text`PUT`,
  DELETE: text`DELETE`,
  TRACE: text`TRACE`,
  OPTIONS: text`OPTIONS`,
  CONNECT: text`CONNECT`,
  PATCH: text`PATCH`,
};

const VERSIONS: Readonly<Record<string, SafeText>> = { 1: text` HTTP/1.0`, 1.1: text` HTTP/1.1` };

const seconds = (subject: Subject, field: string, value: number): number =>
  Math.min(whole(subject, field, value, 0, Number.MAX_SAFE_INTEGER), MOST_SECONDS);

const expectedStatus = (subject: Subject, codes: string): SafeText => {
  const problem = expectedCodesRule(codes);
  if (problem !== null) return refuse(subject, 'expected_codes', problem);
  return safeText(expandExpectedCodes(codes).join('|'));
};

const httpLines = (context: Context, monitor: HealthMonitor, subject: Subject): readonly SafeText[] => {
  const method = lookup(subject, 'http_method', monitor.http_method ?? 'GET', METHODS);
  const path = argument(subject, 'url_path', monitor.url_path ?? '/', urlPathRule);
  const version =
    monitor.http_version === null ? EMPTY : lookup(subject, 'http_version', monitor.http_version, VERSIONS);
  const domain =
    monitor.domain_name !== null && monitor.http_version === 1.1
      ? argument(subject, 'domain_name', monitor.domain_name, domainNameRule)
      : null;
  const check = text`    option httpchk ${method} ${path}${version}`;
  const expect = text`    http-check expect rstatus ${expectedStatus(subject, monitor.expected_codes ?? '200')}`;
  if (domain === null) return [check, expect];
  return context.features.sendsCheckHeaders
    ? [check, text`    http-check send hdr Host ${domain}`, expect]
    : [text`${check}\\r\\nHost:\\ ${domain}`, expect];
};

/**
 * The check of an enabled health monitor. `alpn` is the list of a pool with TLS; null otherwise.
 * @throws UnrenderableValueError
 */
export const healthCheck = (context: Context, monitor: HealthMonitor, alpn: SafeText | null): HealthCheck => {
  const subject: Subject = { kind: 'health monitor', id: monitor.id };
  const lines = [text`    timeout check ${seconds(subject, 'timeout', monitor.timeout)}s`];
  if (context.features.keepsState) lines.unshift(text`    load-server-state-from-file global`);
  // An interval of nothing is refused by haproxy; a second is the nearest possible value.
  const inter = Math.max(1, seconds(subject, 'delay', monitor.delay));
  const fall = whole(subject, 'max_retries_down', monitor.fall_threshold, 1, 100);
  const rise = whole(subject, 'max_retries', monitor.rise_threshold, 1, 100);
  // A check of a server with `ssl` offers its ALPN list either way. Only `check-alpn` makes it use the negotiated
  // protocol.
  const checkAlpn = alpn === null ? EMPTY : text` check-alpn ${alpn}`;
  const options = text`${checkAlpn} inter ${inter}s fall ${fall} rise ${rise}`;
  switch (monitor.type) {
    case 'HTTP':
      lines.push(...httpLines(context, monitor, subject));
      return { lines, serverOption: text` check${options}`, external: false };
    case 'HTTPS':
      lines.push(...httpLines(context, monitor, subject));
      return { lines, serverOption: text` check check-ssl verify none${options}`, external: false };
    case 'PING':
      lines.push(text`    option external-check`, text`    external-check command ${PING_WRAPPER}`);
      return { lines, serverOption: text` check${options}`, external: true };
    case 'TCP':
    case 'TLS-HELLO':
      return { lines, serverOption: text` check${options}`, external: false };
    default:
      return refuse(subject, 'type', 'is not one for this pool');
  }
};
