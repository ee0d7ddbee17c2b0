import type { Amphora } from '../api/shapes.ts';
import { isUnderWay } from '../explain/choose-operation.ts';
import { ago, duration, instantOf } from '../output/times.ts';
import type { Fleet } from './fleet.ts';

/** Something that needs an operator. */
export interface Finding {
  readonly text: string;
  readonly remedy: string;
  /** The page and section that says more. */
  readonly page: string;
}

const DAY_MS = 86_400_000;
/** Certificates are renewed earlier: less is overdue. */
export const FEW_DAYS = 3;
/** Milliseconds: longer than any flow may take. */
const OLD_LOCK_MS = 2 * 3_600_000;

const IN_USE = new Set(['ALLOCATED', 'READY']);

/** Whole days until the first certificate of an amphora in use expires; null without one. */
export const daysLeft = (amphorae: readonly Amphora[], now: number = Date.now()): number | null => {
  const ends = amphorae.flatMap(({ status, cert_expiration }) =>
    cert_expiration && IN_USE.has(status) ? [instantOf(cert_expiration)] : [],
  );
  return ends.length === 0 ? null : Math.floor((Math.min(...ends) - now) / DAY_MS);
};

export const receiverFindings = ({ health, amphorae }: Pick<Fleet, 'health' | 'amphorae'>): readonly Finding[] => {
  if (health === null) return [];
  const page = 'docs/runbook.md#receiversalarm';
  const remedy = 'start it again, or see its log';
  const unhealthy = health.receivers.filter(({ healthy }) => !healthy);
  const silent = unhealthy.map(({ id, seen_at }) => ({
    text: `heartbeat receiver ${id} is unhealthy, last seen ${ago(seen_at)}`,
    remedy,
    page,
  }));
  // Without amphorae there is nothing to receive.
  const none = (amphorae ?? []).length > 0 && health.receivers.length === 0;
  return none
    ? [{ text: 'there is no heartbeat receiver', remedy: 'start one: npm run heartbeat-receiver', page }]
    : silent;
};

export const stormFindings = ({ health }: Pick<Fleet, 'health'>): readonly Finding[] =>
  (health?.storms ?? []).map(({ zone, silent, known }) => ({
    text: `a storm in zone ${zone}: ${silent} of ${known} amphorae are silent, and none is failed over`,
    remedy: 'look at the network between amphorae and receivers, and at the zone',
    page: 'docs/operations.md#failures-of-amphorae',
  }));

const freezeFindings = ({ freeze }: Pick<Fleet, 'freeze'>): readonly Finding[] =>
  freeze?.enabled
    ? [
        {
          text: `frozen since ${ago(freeze.since)}, no change is taken: ${freeze.reason}`,
          remedy: 'deploy-worker thaw',
          page: 'docs/operations.md#freeze',
        },
      ]
    : [];

export const certificateFindings = ({ amphorae }: Pick<Fleet, 'amphorae'>, now = Date.now()): readonly Finding[] =>
  (amphorae ?? []).flatMap((amphora) => {
    const days = daysLeft([amphora], now);
    if (days === null || days >= FEW_DAYS) return [];
    const left = days < 0 ? 'has expired' : `expires in ${days} days`;
    return [
      {
        text: `the certificate of amphora ${amphora.id} ${left}`,
        remedy:
          days < 0
            ? `deploy-worker failover ${amphora.loadbalancer_id ?? amphora.id}`
            : 'see the log of RotateCertificates',
        page: 'docs/runbook.md#certificatesoverduealarm',
      },
    ];
  });

export const driftFindings = ({ drift }: Pick<Fleet, 'drift'>): readonly Finding[] =>
  drift && drift.findings > 0
    ? [
        {
          text: `the last round found ${drift.findings} differences`,
          remedy: 'deploy-worker drift',
          page: 'docs/runbook.md#driftalarm',
        },
      ]
    : [];

const objectFindings = ({ loadBalancers }: Pick<Fleet, 'loadBalancers'>): readonly Finding[] => {
  const broken = loadBalancers.filter(({ provisioning_status }) => provisioning_status === 'ERROR');
  const [first] = broken;
  if (first === undefined) return [];
  const text =
    broken.length === 1 ? `load balancer ${first.id} is in ERROR` : `${broken.length} load balancers are in ERROR`;
  return [{ text, remedy: `deploy-worker why ${first.id}`, page: 'docs/operations.md#troubleshooting' }];
};

/** The lock that has been held longest, by what is known of its holder. */
export interface OldestLock {
  /** Of the operation; of the load balancer when the operation is older than what was listed. */
  readonly id: string;
  readonly words: string;
  readonly since: string;
}

/** Whatever is under way holds a lock, and so does a load balancer that is PENDING; null without either. */
export const oldestLock = ({
  operations,
  loadBalancers,
}: Pick<Fleet, 'operations' | 'loadBalancers'>): OldestLock | null => {
  const running = operations.filter(isUnderWay);
  const listed = new Set(running.map(({ loadbalancer_id }) => loadbalancer_id));
  const locks = [
    ...running.map(({ id, flow, created_at }) => ({ id, words: `operation ${id} (${flow})`, since: created_at })),
    ...loadBalancers.flatMap(({ id, provisioning_status, updated_at, created_at }) => {
      const since = updated_at ?? created_at;
      if (!provisioning_status.startsWith('PENDING_') || listed.has(id) || !since) return [];
      return [{ id, words: `load balancer ${id} (${provisioning_status})`, since }];
    }),
  ];
  return locks.toSorted((left, right) => instantOf(left.since) - instantOf(right.since))[0] ?? null;
};

const lockFindings = (fleet: Fleet, now: number): readonly Finding[] => {
  const oldest = oldestLock(fleet);
  if (oldest === null || now - instantOf(oldest.since) < OLD_LOCK_MS) return [];
  const text = `${oldest.words} has held its lock for ${duration(now - instantOf(oldest.since))}`;
  return [{ text, remedy: `deploy-worker why ${oldest.id}`, page: 'docs/runbook.md#recoveryfailsalarm' }];
};

/** Everything in the fleet that needs an operator. */
export const findingsOfFleet = (fleet: Fleet, now: number = Date.now()): readonly Finding[] => [
  ...freezeFindings(fleet),
  ...objectFindings(fleet),
  ...lockFindings(fleet, now),
  ...receiverFindings(fleet),
  ...stormFindings(fleet),
  ...certificateFindings(fleet, now),
  ...driftFindings(fleet),
];
