import type { HealthMonitor, Pool } from '../../../lib/models/pool.ts';
import type { ApiSettings } from '../dependencies.ts';
import { disabledOption, invalidOption, validationFailure } from '../refusals.ts';

/** What a health monitor is measured against. */
export interface MonitorSurroundings {
  readonly pool: Pick<Pool, 'protocol'>;
  readonly settings: Pick<ApiSettings, 'allowPingHealthMonitors' | 'udpConnectMinIntervalHealthMonitor'>;
}

const DATAGRAM: ReadonlySet<string> = new Set(['UDP', 'SCTP']);
const FOR_DATAGRAM_POOLS: ReadonlySet<string> = new Set(['UDP-CONNECT', 'SCTP', 'TCP', 'HTTP']);
const FOR_DATAGRAM_POOLS_ONLY: ReadonlySet<string> = new Set(['UDP-CONNECT', 'SCTP']);
const HTTP_FIELDS = ['http_method', 'url_path', 'expected_codes', 'http_version', 'domain_name'] as const;

const checkType = ({ type, delay }: HealthMonitor, { pool, settings }: MonitorSurroundings): void => {
  if (type === 'PING' && !settings.allowPingHealthMonitors) throw disabledOption('type', type);
  if (DATAGRAM.has(pool.protocol) && !FOR_DATAGRAM_POOLS.has(type)) {
    throw validationFailure(
      `The associated pool protocol is ${pool.protocol}, so only a UDP-CONNECT, SCTP, TCP or HTTP health monitor is supported.`,
    );
  }
  if (!DATAGRAM.has(pool.protocol) && FOR_DATAGRAM_POOLS_ONLY.has(type)) {
    throw validationFailure(`The ${type} type is only supported for pools of protocol UDP or SCTP.`);
  }
  const least = settings.udpConnectMinIntervalHealthMonitor;
  if (type === 'UDP-CONNECT' && delay < least) {
    throw validationFailure(`The request delay value ${delay} should be larger than ${least} for ${type} monitors.`);
  }
};

const checkHttp = (monitor: HealthMonitor): void => {
  const { type, http_version, domain_name } = monitor;
  if (type !== 'HTTP' && type !== 'HTTPS') {
    const [given] = HTTP_FIELDS.filter((field) => monitor[field] !== null);
    if (given !== undefined) throw invalidOption(given, `health monitors of type ${type}`);
    return;
  }
  if (domain_name !== null && (http_version === null || http_version < 1.1)) {
    throw invalidOption(
      `http_version ${http_version?.toFixed(1) ?? 'None'}`,
      'health monitors HTTP 1.1 domain name health check',
    );
  }
};

/** Whether a health monitor, new or as it will be after a change, makes sense. @throws ApiError 400 */
export const checkHealthMonitor = (monitor: HealthMonitor, surroundings: MonitorSurroundings): void => {
  checkType(monitor, surroundings);
  checkHttp(monitor);
};
