import { describe, expect, it } from 'vitest';
import type { Fleet } from '../../../../cli/checks/fleet.ts';
import { counted } from '../../../../cli/checks/fleet.ts';
import { daysLeft, findingsOfFleet } from '../../../../cli/checks/fleet-findings.ts';

const NOW = Date.parse('2026-11-30T12:00:00Z');
const amphora = (cert_expiration: string | null, status = 'ALLOCATED') => ({
  id: 'a',
  loadbalancer_id: 'lb',
  status,
  cert_expiration,
});
const receiver = (healthy: boolean) => ({ id: 'r', healthy, seen_at: '2026-11-30T11:00:00', amphorae: 1 });
const calm: Fleet = {
  loadBalancers: [{ id: 'lb', provisioning_status: 'ACTIVE', operating_status: 'ONLINE' }],
  operations: [],
  amphorae: [amphora('2026-12-30T12:00:00')],
  health: { receivers: [receiver(true)], storms: [], doubts_observer: false },
  freeze: { enabled: false, reason: null, since: null, user_id: null },
  drift: { started_at: '2026-11-30T11:00:00Z', ended_at: null, checked: 1, skipped: 0, findings: 0 },
};
const texts = (changes: Partial<Fleet>) => findingsOfFleet({ ...calm, ...changes }, NOW).map(({ text }) => text);

describe('what needs an operator', () => {
  it('is nothing in a calm fleet, nor where a tenant sees nothing', () => {
    expect(texts({})).toEqual([]);
    expect(texts({ amphorae: null, health: null, freeze: null, drift: undefined })).toEqual([]);
  });

  it('is a freeze', () => {
    const freeze = { enabled: true, reason: 'upgrade', since: '2026-11-30T11:00:00Z', user_id: 'root' };
    expect(texts({ freeze })[0]).toMatch(/^frozen since .*, no change is taken: upgrade$/);
  });

  it('is a load balancer in ERROR', () => {
    const broken = { id: 'x', provisioning_status: 'ERROR', operating_status: 'OFFLINE' };
    expect(texts({ loadBalancers: [broken] })).toEqual(['load balancer x is in ERROR']);
    expect(texts({ loadBalancers: [broken, broken] })).toEqual(['2 load balancers are in ERROR']);
  });

  it('is an operation that has not ended for hours', () => {
    const operation = (created_at: string) => ({
      id: 'o',
      flow: 'apply-changes',
      loadbalancer_id: 'lb',
      status: 'RUNNING',
      created_at,
      ended_at: null,
      failed_step: null,
      error_name: null,
    });
    expect(texts({ operations: [operation('2026-11-30T11:00:00Z')] })).toEqual([]);
    expect(texts({ operations: [operation('2026-11-30T09:00:00Z')] })[0]).toBe(
      'operation o (apply-changes) has held its lock for 3 h 0 min',
    );
  });

  it('is a load balancer that is PENDING for hours, also when its operation is older than what was listed', () => {
    const pending = (updated_at: string) => ({
      id: 'x',
      provisioning_status: 'PENDING_UPDATE',
      operating_status: 'ONLINE',
      updated_at,
    });
    expect(texts({ loadBalancers: [pending('2026-11-30T11:00:00')] })).toEqual([]);
    expect(texts({ loadBalancers: [pending('2026-11-30T11:00:00'), pending('2026-11-28T12:00:00')] })).toEqual([
      'load balancer x (PENDING_UPDATE) has held its lock for 2 d 0 h',
    ]);
  });

  it('is a receiver that is unhealthy, or none where there are amphorae', () => {
    const health = (receivers: readonly ReturnType<typeof receiver>[]) => ({
      receivers: [...receivers],
      storms: [],
      doubts_observer: false,
    });
    expect(texts({ health: health([receiver(false)]) })[0]).toContain('heartbeat receiver r is unhealthy');
    expect(texts({ health: health([]) })).toEqual(['there is no heartbeat receiver']);
    expect(texts({ health: health([]), amphorae: [] })).toEqual([]);
  });

  it('is a storm, a certificate that ends soon or has, and drift', () => {
    const storms = [{ zone: 'z', since: null, silent: 8, known: 9 }];
    expect(texts({ health: { receivers: [receiver(true)], storms, doubts_observer: false } })[0]).toContain('8 of 9');
    expect(texts({ amphorae: [amphora('2026-12-02T11:00:00')] })[0]).toContain('expires in 1 days');
    expect(texts({ amphorae: [amphora('2026-11-30T11:00:00')] })[0]).toContain('has expired');
    expect(texts({ amphorae: [amphora('2026-11-30T11:00:00', 'DELETED'), amphora(null)] })).toEqual([]);
    const drift = { started_at: '2026-11-30T11:00:00Z', ended_at: null, checked: 1, skipped: 0, findings: 2 };
    expect(texts({ drift })).toEqual(['the last round found 2 differences']);
  });
});

it('the days left are those of the first certificate that expires', () => {
  expect(daysLeft([amphora('2026-12-30T12:00:00'), amphora('2026-12-10T11:00:00')], NOW)).toBe(9);
  expect(daysLeft([], NOW)).toBeNull();
});

it('statuses are counted, most first', () => {
  expect(Object.entries(counted(['ERROR', 'ACTIVE', 'ACTIVE']))).toEqual([
    ['ACTIVE', 2],
    ['ERROR', 1],
  ]);
});
