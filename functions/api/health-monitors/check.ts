import type { HealthMonitor, Pool } from '../../../lib/models/objects/pool.ts';
import { disabledOption, invalidOption, validationFailure } from '../answers/refusals.ts';
import type { ApiSettings } from '../request/dependencies.ts';
import type { UpdateFields } from './definition.ts';

/** What a health monitor is measured against. */
export interface MonitorSurroundings {
  readonly pool: Pick<Pool, 'protocol'>;
  readonly settings: Pick<ApiSettings, 'allowPingHealthMonitors' | 'udpConnectMinIntervalHealthMonitor'>;
}

/** What a request says; a null resets. */
interface Given {
  readonly http_method?: string | null | undefined;
  readonly http_version?: number | null | undefined;
  readonly domain_name?: string | null | undefined;
}
type Present = Pick<HealthMonitor, 'type' | 'http_version' | 'domain_name'>;

const DATAGRAM: ReadonlySet<string> = new Set(['UDP', 'SCTP']);
const FOR_DATAGRAM_POOLS = ['UDP-CONNECT', 'SCTP', 'TCP', 'HTTP'];
const FOR_DATAGRAM_POOLS_ONLY: ReadonlySet<string> = new Set(['UDP-CONNECT', 'SCTP']);

/** Fields that only monitors of type HTTP and HTTPS have. */
const HTTP_FIELDS = ['http_method', 'url_path', 'expected_codes'] as const;

const checkPool = ({ type }: Present, { protocol }: MonitorSurroundings['pool']): void => {
  if (DATAGRAM.has(protocol) && !FOR_DATAGRAM_POOLS.includes(type)) {
    throw validationFailure(
      `The associated pool protocol is ${protocol}, so only a ${FOR_DATAGRAM_POOLS.join('/')} health monitor is supported.`,
    );
  }
  if (!DATAGRAM.has(protocol) && FOR_DATAGRAM_POOLS_ONLY.has(type)) {
    throw validationFailure(`The ${type} type is only supported for pools of type UDP/SCTP.`);
  }
};

const checkDelay = (
  { type }: Present,
  delay: number | undefined,
  { udpConnectMinIntervalHealthMonitor: least }: MonitorSurroundings['settings'],
): void => {
  if (type === 'UDP-CONNECT' && delay !== undefined && delay < least) {
    throw validationFailure(
      `The request delay value ${delay} should be larger than ${least} for ${type} health monitor type.`,
    );
  }
};

/** keepalived, which checks the members of such pools, asks with GET only. */
const checkMethod = ({ type }: Present, { http_method }: Given, { protocol }: MonitorSurroundings['pool']): void => {
  if (type !== 'HTTP' || !DATAGRAM.has(protocol) || !http_method || http_method === 'GET') return;
  throw validationFailure(
    `The associated pool protocol is ${protocol}, so only the http_method GET is supported: ${http_method}.`,
  );
};

/** A version or domain that is given counts instead of the present one; a null does not. */
const checkDomain = (present: Omit<Present, 'type'>, given: Given): void => {
  const version = given.http_version ?? present.http_version;
  if (given.domain_name && version === null) {
    throw validationFailure("'http_version' must be specified when 'domain_name' is provided.");
  }
  if (version !== null && version < 1.1 && (given.domain_name ?? present.domain_name) !== null) {
    throw invalidOption(`http_version ${version.toFixed(1)}`, 'health monitors HTTP 1.1 domain name health check');
  }
};

const checkHttpFields = ({ type }: Present, isGiven: (field: (typeof HTTP_FIELDS)[number]) => boolean): void => {
  if (type === 'HTTP' || type === 'HTTPS') return;
  const given = HTTP_FIELDS.find(isGiven);
  if (given !== undefined) throw invalidOption(given, `health monitors of type ${type}`);
};

/** Whether a new health monitor makes sense. @throws ApiError 400 */
export const checkHealthMonitor = (monitor: HealthMonitor, { pool, settings }: MonitorSurroundings): void => {
  const { type, delay } = monitor;
  if (type === 'PING' && !settings.allowPingHealthMonitors) throw disabledOption('type', type);
  checkPool(monitor, pool);
  checkDelay(monitor, delay, settings);
  checkHttpFields(monitor, (field) => monitor[field] !== null);
  checkMethod(monitor, monitor, pool);
  checkDomain({ http_version: null, domain_name: null }, monitor);
};

/** Whether a change of a health monitor makes sense, by what it says. @throws ApiError 400 */
export const checkHealthMonitorChange = (
  present: Present,
  given: UpdateFields,
  { pool, settings }: MonitorSurroundings,
): void => {
  checkHttpFields(present, (field) => given[field] !== undefined);
  checkDomain(present, given);
  checkPool(present, pool);
  checkDelay(present, given.delay, settings);
  checkMethod(present, given, pool);
};
