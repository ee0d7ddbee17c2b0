import { networkInterfaces } from 'node:os';
import { findProgram } from '../../local/programs.ts';

const hasIpv6Loopback = (): boolean => (networkInterfaces().lo ?? []).some(({ address }) => address === '::1');

/** What tests may need besides Node and npm: how it is found, and the command that brings it. */
const NEEDS = {
  haproxy: { found: () => findProgram('haproxy') !== null, command: 'apt-get install haproxy' },
  keepalived: { found: () => findProgram('keepalived') !== null, command: 'apt-get install keepalived' },
  java: { found: () => findProgram('java') !== null, command: 'apt-get install openjdk-17-jre-headless' },
  spin: { found: () => findProgram('spin') !== null, command: 'apt-get install spin' },
  gcc: { found: () => findProgram('gcc') !== null, command: 'apt-get install gcc libc6-dev' },
  'IPv6 loopback': { found: hasIpv6Loopback, command: 'sysctl net.ipv6.conf.lo.disable_ipv6=0' },
} as const;
export type Need = keyof typeof NEEDS;

/** Why what needs them is skipped, with the command that brings what is missing; null if this machine has them all. */
export const missing = (...needs: readonly Need[]): string | null => {
  const absent = needs.filter((need) => !NEEDS[need].found());
  if (absent.length === 0) return null;
  return `no ${absent.join(', no ')} on this machine: ${absent.map((need) => NEEDS[need].command).join(' && ')}`;
};

const MARK = /\[skipped: (?<reason>[^\]]+)\]/;

/** The title of what is skipped, with the reason in it, for the runner to find. */
export const marked = (title: string, reason: string): string => `${title} [skipped: ${reason}]`;

/** The reason in the full title of a skipped test; null if it gives none. */
export const reasonOf = (title: string): string | null => MARK.exec(title)?.groups?.reason ?? null;

/** How a run ends: each reason for which something was skipped, then `N passed, N failed[, N skipped]`. */
export const closingLines = (counts: {
  readonly passed: number;
  readonly failed: number;
  /** Reason to number of skipped tests. */
  readonly skipped: ReadonlyMap<string, number>;
}): string => {
  const reasons = [...counts.skipped].map(([reason, count]) => `skipped ${count}: ${reason}`);
  const skipped = [...counts.skipped.values()].reduce((sum, count) => sum + count, 0);
  const sum = `${counts.passed} passed, ${counts.failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
  return [...reasons, sum].join('\n');
};
