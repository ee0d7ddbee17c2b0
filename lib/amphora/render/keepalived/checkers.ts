import type { HealthMonitor, Member } from '../../../models/objects/pool.ts';
import { percentEncodedPath } from '../escape.ts';
import { expandExpectedCodes, expectedCodesRule, urlPathRule } from '../fields/http.ts';
import { refuse, type Subject, whole } from '../guard.ts';
import { type SafeText, safeText, text } from '../text.ts';
import { addressWord } from './vips.ts';

/** A day; what a check takes is far below. */
const MOST_SECONDS = 86_400;

interface Target {
  readonly address: SafeText;
  readonly port: number;
}

/** Where a member is checked: its monitor address and port, or its own. @throws UnrenderableValueError */
export const checkTarget = (member: Member): Target => {
  const subject: Subject = { kind: 'member', id: member.id };
  return {
    address:
      member.monitor_address !== null
        ? addressWord(subject, 'monitor_address', member.monitor_address)
        : addressWord(subject, 'address', member.ip_address),
    port: whole(subject, 'monitor_port', member.monitor_port ?? member.protocol_port, 1, 65_535),
  };
};

export const checkSeconds = (subject: Subject, field: string, value: number): number =>
  Math.min(whole(subject, field, value, 0, Number.MAX_SAFE_INTEGER), MOST_SECONDS);

const connection = (target: Target, timeout: number): readonly SafeText[] => [
  text`            connect_ip ${target.address}`,
  text`            connect_port ${target.port}`,
  text`            connect_timeout ${timeout}`,
];

/** The accepted codes, adjacent ones as ranges: "200-204 301". */
const statusCodes = (codes: string): SafeText => {
  const runs: { first: string; last: string }[] = [];
  for (const code of expandExpectedCodes(codes)) {
    const run = runs.at(-1);
    if (run && Number(run.last) + 1 === Number(code)) run.last = code;
    else runs.push({ first: code, last: code });
  }
  return safeText(runs.map(({ first, last }) => (first === last ? first : `${first}-${last}`)).join(' '));
};

/** One `url` for all codes: a member counts as up when every `url` is content, so one for each code would never be. */
const urlLines = (monitor: HealthMonitor, subject: Subject): readonly SafeText[] => {
  const path = monitor.url_path ?? '/';
  const codes = monitor.expected_codes ?? '200';
  const problem = urlPathRule(path);
  if (problem !== null) return refuse(subject, 'url_path', problem);
  const codesProblem = expectedCodesRule(codes);
  if (codesProblem !== null) return refuse(subject, 'expected_codes', codesProblem);
  return [
    text`            url {`,
    text`                path ${percentEncodedPath(path)}`,
    text`                status_code ${statusCodes(codes)}`,
    text`            }`,
  ];
};

/** A checker for each member, made of what its monitor says. */
export type Checker = (target: Target) => readonly SafeText[];

const misc = (command: SafeText, timeout: number): readonly SafeText[] => [
  text`        MISC_CHECK {`,
  text`            misc_path "${command}"`,
  text`            misc_timeout ${timeout}`,
  text`        }`,
];

/** @throws UnrenderableValueError the monitor has a bad value, or a type that LVS cannot check */
export const checkerOf = (monitor: HealthMonitor, basePath: SafeText): Checker => {
  const subject: Subject = { kind: 'health monitor', id: monitor.id };
  const timeout = checkSeconds(subject, 'timeout', monitor.timeout);
  switch (monitor.type) {
    case 'UDP-CONNECT':
      return ({ address, port }) => misc(text`${basePath}/lvs/check/udp_check.sh ${address} ${port}`, timeout);
    case 'SCTP':
      return ({ address, port }) =>
        misc(text`amphora-health-checker sctp -t ${timeout} ${address} ${port}`, timeout + 1);
    case 'HTTP': {
      if ((monitor.http_method ?? 'GET') !== 'GET') return refuse(subject, 'http_method', 'is not GET');
      const urls = urlLines(monitor, subject);
      return (target) => [text`        HTTP_GET {`, ...urls, ...connection(target, timeout), text`        }`];
    }
    case 'TCP':
      return (target) => [text`        TCP_CHECK {`, ...connection(target, timeout), text`        }`];
    default:
      return refuse(subject, 'type', 'is not one for this pool');
  }
};
