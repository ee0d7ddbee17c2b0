import type { Listener } from '../../../lib/models/objects/listener.ts';
import type { Pool } from '../../../lib/models/objects/pool.ts';
import type { LoadBalancerTree } from '../../../lib/models/objects/tree.ts';
import type { Row as RowOf } from '../rows.ts';
import type { Difference } from './compare.ts';
import type { Case } from './trees/cases.ts';
import { isAwkward } from './trees/values.ts';

type Row = RowOf<Difference, Case>;

const ID = /[0-9a-f]{8}-[0-9a-f-]{27}/g;
const MOST_SESSIONS = 400_000;

const idsIn = (statement: string): readonly string[] => statement.match(ID) ?? [];
/** `backend <pool>:<listener> > ...`. */
const poolOf = ({ tree }: Case, { statement }: Difference): Pool | undefined =>
  tree.pools.find(({ id }) => id === idsIn(statement)[0]);
const listenerOf = ({ tree }: Case, { statement }: Difference): Listener | undefined =>
  tree.listeners.find(({ id }) => id === idsIn(statement)[0]);

const isLeaving = ({ provisioning_status }: { readonly provisioning_status: string }): boolean =>
  provisioning_status === 'PENDING_DELETE';
const isServed = ({ load_balancer }: LoadBalancerTree, listener: Listener): boolean =>
  load_balancer.enabled && listener.enabled && !isLeaving(listener);
const serves = ({ tree }: Case, protocol: Listener['protocol']): boolean =>
  tree.listeners.some((listener) => listener.protocol === protocol && isServed(tree, listener));

const isOlderThan = ({ haproxyVersion }: Case, major: number, minor: number): boolean => {
  const [ownMajor = 0, ownMinor = 0] = haproxyVersion.split('.').map(Number);
  return ownMajor < major || (ownMajor === major && ownMinor < minor);
};

/** Statements with tenants' texts in them. */
const WITH_VALUES = / > (?:http-request|redirect|use_backend|stick|option httpchk .*|a quote is not closed .*)$/s;

/** True when one of the tenant's texts in the statement's section is awkward. */
const hasAwkwardValue = ({ tree }: Case, { statement }: Difference): boolean => {
  const [id] = idsIn(statement);
  const policies = tree.l7_policies.filter(({ listener_id }) => listener_id === id);
  const rules = tree.l7_rules.filter(({ l7policy_id }) => policies.some((policy) => policy.id === l7policy_id));
  const pool = tree.pools.find((one) => one.id === id);
  const monitors = tree.health_monitors.filter(({ pool_id }) => pool_id === id);
  return [
    ...policies.flatMap(({ redirect_url, redirect_prefix }) => [redirect_url, redirect_prefix]),
    ...rules.flatMap(({ key, value }) => [key, value]),
    ...monitors.map(({ url_path }) => url_path),
    pool?.session_persistence?.cookie_name ?? null,
  ].some(isAwkward);
};

/** The pools of which only policies and rules that are being deleted make use. */
const isLeavingPool = ({ tree }: Case, { statement }: Difference): boolean => {
  const [poolId, listenerId] = idsIn(statement);
  const using = tree.l7_policies.filter(
    (policy) => policy.listener_id === listenerId && policy.redirect_pool_id === poolId && policy.enabled,
  );
  const stays = using.some(
    (policy) => !isLeaving(policy) && tree.l7_rules.some((rule) => rule.l7policy_id === policy.id && !isLeaving(rule)),
  );
  return using.length > 0 && !stays;
};

/** A pool with a PING monitor may be one of those. */
const isPingLeaving = ({ tree }: Case): boolean =>
  tree.l7_policies.some(
    (policy) =>
      (isLeaving(policy) || tree.l7_rules.some((rule) => rule.l7policy_id === policy.id && isLeaving(rule))) &&
      tree.health_monitors.some(({ pool_id, type }) => pool_id === policy.redirect_pool_id && type === 'PING'),
  );

const namesOf = (ciphers: string | null): string => (ciphers ?? '').split(':').sort().join(':');
const number = (statement: string): number => Number(/\d+$/.exec(statement)?.[0] ?? Number.NaN);

/** Reviewed: each is as narrow as its reason. */
export const HAPROXY_ROWS: readonly Row[] = [
  {
    id: 'cipher-order',
    covers: ({ statement, ours, upstream }) =>
      / ciphers(?:uites)?$/.test(statement) && ours !== null && namesOf(ours) === namesOf(upstream),
  },
  {
    id: 'old-haproxy',
    covers: ({ statement }, asked) =>
      (isOlderThan(asked, 1, 9) && / ciphers(?:uites)?$/.test(statement)) ||
      (isOlderThan(asked, 2, 2) && /> (?:option httpchk .*|http-check)$/s.test(statement)),
  },
  {
    id: 'sni-only',
    covers: (difference, asked) =>
      / (?:ssl|crt-list)$/.test(difference.statement) &&
      difference.upstream === null &&
      listenerOf(asked, difference)?.tls_certificate_id === null,
  },
  {
    id: 'tls-cache',
    covers: ({ statement, ours }) =>
      statement.startsWith('global > tune.ssl.cachesize') &&
      (ours === null ? number(statement) > MOST_SESSIONS : number(statement) === MOST_SESSIONS),
  },
  {
    id: 'unserved-listeners',
    covers: ({ statement, ours }, asked) => {
      if (/^(?:frontend|backend) prometheus-exporter-internal/.test(statement)) {
        return ours === null && !serves(asked, 'PROMETHEUS');
      }
      if (statement.startsWith('global > tune.ssl.cachesize'))
        return ours === null && !serves(asked, 'TERMINATED_HTTPS');
      return (
        !asked.tree.load_balancer.enabled && /^global > (?:maxconn|external-check|insecure-fork-wanted)/.test(statement)
      );
    },
  },
  {
    id: 'monitor-delay',
    covers: ({ statement, ours, upstream }) => statement.endsWith(' inter') && ours === '1s' && upstream === '0s',
  },
  {
    id: 'monitor-address',
    covers: ({ statement, ours, upstream }) =>
      statement.endsWith(' addr') && upstream?.includes(':') === true && ours === `[${upstream}]`,
  },
  {
    id: 'member-verify',
    covers: (difference, asked) =>
      difference.statement.endsWith(' verify') &&
      difference.ours === 'required' &&
      poolOf(asked, difference)?.crl_container_id === null,
  },
  {
    id: 'deleted-policy',
    covers: (difference, asked) => {
      if (difference.ours !== null) return false;
      if (difference.statement.startsWith('backend ')) return isLeavingPool(asked, difference);
      return /^global > (?:external-check|insecure-fork-wanted)$/.test(difference.statement) && isPingLeaving(asked);
    },
  },
  {
    id: 'awkward-characters',
    covers: (difference, asked) => WITH_VALUES.test(difference.statement) && hasAwkwardValue(asked, difference),
  },
];
