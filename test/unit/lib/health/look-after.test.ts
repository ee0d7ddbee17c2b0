import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { AmphoraUnreachableError } from '../../../../lib/errors/cloud.ts';
import { ImmutableObjectError } from '../../../../lib/errors/flow.ts';
import type { AlarmDetail } from '../../../../lib/health/alarm.ts';
import { HEALTH, type LookAfterParts, lookAfter } from '../../../../lib/health/look-after.ts';
import { MUTABLE_STATUSES, ProvisioningStatus } from '../../../../lib/models/statuses.ts';
import { writeFreeze } from '../../../../lib/repositories/fleet/freeze.ts';
import { findHeartbeat, recordHeartbeat } from '../../../../lib/repositories/health/heartbeats.ts';
import { leaseAlarm, putGovernor, putReceiver } from '../../../../lib/repositories/health/receivers.ts';
import { commitLoadBalancerOperation } from '../../../../lib/repositories/locks/commits.ts';
import { newOperation, putOperation } from '../../../../lib/repositories/operations/operations.ts';
import { transact } from '../../../../lib/repositories/table/transact.ts';
import type { OperationHandle } from '../../../../lib/worker/operation-handle.ts';
import { useTable } from '../../../helpers/table.ts';
import { aServer } from '../../functions/compute/support.ts';
import { updateRequest } from '../repositories/support/stored.ts';
import { watched } from './receiver/support.ts';

beforeAll(useTable);

type Agent = 'alive' | 'dead' | 'slow';

/** An amphora that was heard at a moment, and what its alarm leads to. */
const scene = async (agent: Agent, amphora: Parameters<typeof watched>[0] = [{}]) => {
  const site = await watched(amphora);
  const id = String(site.amphoraIds[0]);
  const heard = new Date(Date.now() - 30_000).toISOString();
  const heartbeat = { amphora_id: id, loadbalancer_id: site.loadBalancer.id, zone: 'nova', listeners: null };
  await recordHeartbeat({ ...heartbeat, sequence: 5, at: heard }, null);
  const failedOver: string[] = [];
  const deleted: string[] = [];
  const handle: OperationHandle = {
    operationId: 'o',
    executionArn: 'a',
    resourceId: id,
    wait: async () => {
      throw new Error('nothing waits');
    },
  };
  const parts: LookAfterParts = {
    worker: {
      failoverAmphora: async (amphoraId) => {
        failedOver.push(amphoraId);
        return handle;
      },
    },
    agents: {
      shownCertificate: async () => {
        if (agent === 'alive') return 'fingerprint';
        throw new AmphoraUnreachableError('no', { nobodyThere: agent === 'dead' });
      },
    },
    compute: {
      getServer: async () => aServer({ status: 'ACTIVE' }),
      findServers: async (name) => [aServer({ id: `found-${name}` })],
      deleteServer: async (server) => void deleted.push(server),
    },
    holder: crypto.randomUUID(),
    now: Date.now,
    timeoutMs: 20_000,
  };
  const alarm: AlarmDetail = {
    amphora_id: id,
    loadbalancer_id: site.loadBalancer.id,
    zone: 'nova',
    reason: 'SILENT',
    heard_at: heard,
    well_at: heard,
    stale: false,
  };
  const look = (changes: Partial<AlarmDetail> = {}, others: Partial<LookAfterParts> = {}) =>
    lookAfter({ ...parts, holder: crypto.randomUUID(), ...others }, { ...alarm, ...changes });
  return { ...site, id, heartbeat, look, failedOver, deleted };
};

describe('an alarm', () => {
  it('of a dead amphora has it failed over at once', async () => {
    const { look, failedOver, id } = await scene('dead');
    expect(await look()).toBe('failover');
    expect(failedOver).toEqual([id]);
  });

  it('of a dead amphora is left alone while the worker is frozen', async () => {
    const { look, failedOver } = await scene('dead');
    await writeFreeze({ reason: 'maintenance', since: '2026-01-01T00:00:00.000Z', user_id: null });
    onTestFinished(() => writeFreeze(null));
    expect(await look()).toBe('frozen');
    expect(failedOver).toEqual([]);
    await writeFreeze(null);
    expect(await look()).toBe('failover');
  });

  it.each(['alive', 'slow'] as const)('of one that is %s waits for the timeout', async (agent) => {
    const { look, failedOver } = await scene(agent);
    expect(await look()).toBe('waiting');
    expect(failedOver).toEqual([]);
    expect(await look({ stale: true })).toBe('failover');
  });

  it.each(['alive', 'slow'] as const)(
    'that calls one stale that is %s and was heard lately fails nothing over',
    async (agent) => {
      const { look, heartbeat, failedOver } = await scene(agent);
      await recordHeartbeat({ ...heartbeat, sequence: 6, at: new Date(Date.now() - 5_000).toISOString() }, 5);
      expect(await look({ stale: true, well_at: new Date().toISOString() })).toBe('waiting');
      expect(failedOver).toEqual([]);
    },
  );

  it('of a stale one that answers waits while a receiver drops heartbeats, and not for one that is dead', async () => {
    const receiver = {
      id: crypto.randomUUID(),
      started_at: '2026-01-01T00:00:00.000Z',
      healthy_since: null,
      amphorae: 0,
    };
    const said = (dropped_at: string | null) =>
      putReceiver({ ...receiver, seen_at: new Date().toISOString(), datagrams: {}, dropped_at });
    await said(new Date(Date.now() - 10_000).toISOString());
    expect(await (await scene('alive')).look({ stale: true })).toBe('waiting');
    expect(await (await scene('dead')).look({ stale: true })).toBe('failover');
    await said(null);
    expect(await (await scene('alive')).look({ stale: true })).toBe('failover');
  });

  it('trap 1: of one that was never heard replaces it when it is dead, and not when it answers', async () => {
    const never = { reason: 'NEVER_HEARD', heard_at: null, stale: true } as const;
    expect(await (await scene('dead')).look(never)).toBe('failover');
    expect(await (await scene('alive')).look(never)).toBe('waiting');
  });

  it('of missing listeners sends no request, and waits for the timeout', async () => {
    const { look } = await scene('dead');
    expect(await look({ reason: 'LISTENERS_MISSING' })).toBe('waiting');
    expect(await look({ reason: 'LISTENERS_MISSING', stale: true })).toBe('failover');
  });

  it('is over when the amphora was heard since', async () => {
    const { look, heartbeat } = await scene('dead');
    await recordHeartbeat({ ...heartbeat, sequence: 6, at: new Date().toISOString() }, 5);
    expect(await look()).toBe('well');
  });

  it("of an operator's own making needs no probe", async () => {
    const { look, failedOver } = await scene('alive');
    expect(await look({ reason: 'CLOUDWATCH', well_at: null })).toBe('failover');
    expect(failedOver).toHaveLength(1);
  });

  it('trap 34: is handled once at a time, and again when its handler has died', async () => {
    const { look, id } = await scene('dead');
    const [now, soon] = [new Date().toISOString(), new Date(Date.now() + 60_000).toISOString()];
    // Its holder died.
    expect(await leaseAlarm(id, 'another', now, soon)).toBe(true);
    expect(await look()).toBe('leased');
    expect(await look({}, { now: () => Date.now() + 61_000 })).toBe('failover');
  });

  it('sends no request while another operation runs: nothing could follow from the answer', async () => {
    const { look, loadBalancer } = await scene('dead');
    const updates = { allowed: MUTABLE_STATUSES, to: ProvisioningStatus.PENDING_UPDATE };
    await commitLoadBalancerOperation(loadBalancer.id, updateRequest, updates);
    const shownCertificate = async () => {
      throw new Error('asked');
    };
    expect(await look({}, { agents: { shownCertificate } })).toBe('busy');
  });

  it('waits while another operation has come in between', async () => {
    const { look } = await scene('dead');
    const failoverAmphora = async (amphoraId: string) => {
      throw new ImmutableObjectError('loadbalancer', amphoraId, 'PENDING_UPDATE');
    };
    expect(await look({}, { worker: { failoverAmphora } })).toBe('busy');
    expect(await look()).toBe('failover');
  });

  it('is held back by a storm in its zone, as long as a sweep confirms the storm', async () => {
    const { look } = await scene('dead', [{ cached_zone: 'stormy' }]);
    const storm = { zone: 'stormy', since: new Date().toISOString(), silent: 50, known: 60 };
    await putGovernor({ storms: [storm], doubts_observer: false }, new Date(Date.now() + 60_000).toISOString());
    expect(await look()).toBe('suspended');
    expect(await look({ reason: 'CLOUDWATCH', well_at: null })).toBe('suspended');
    expect(await look({}, { now: () => Date.now() + 61_000 })).toBe('failover');
  });

  it('backs off when failovers of the load balancer do not help', async () => {
    const { look, loadBalancer } = await scene('dead');
    const { id: loadbalancer_id, project_id } = loadBalancer;
    const target = { target: 'load_balancer' as const, loadbalancer_id, amphora_id: null, project_id };
    const fail = async () => {
      const operation = newOperation({ flow: 'failover-amphora', requester: HEALTH }, target, 9);
      await transact(putOperation(operation));
    };
    await fail();
    expect(await look()).toBe('failover');
    await fail();
    expect(await look()).toBe('backing-off');
    const now = () => Date.now() + 61_000;
    expect(await look({}, { now })).toBe('failover');
    await fail();
    expect(await look({}, { now })).toBe('backing-off');
    // However much its tenant changes meanwhile.
    const change = { flow: 'apply-changes' as const, requester: HEALTH };
    for (let made = 0; made < 60; made += 1) await transact(putOperation(newOperation(change, target, 9)));
    expect(await look({}, { now })).toBe('backing-off');
  });

  it('trap 16: of a server that should be gone has it deleted, and nothing else', async () => {
    const gone = await scene('alive', [{ status: 'DELETED' }]);
    expect(await gone.look({ reason: 'ZOMBIE' })).toBe('server-deleted');
    expect(gone.deleted).toEqual([`server-${gone.id}`, `found-amphora-${gone.id}`]);
    const nameless = await scene('alive', [{ status: 'DELETED', compute_id: null }]);
    expect(await nameless.look({ reason: 'ZOMBIE' })).toBe('server-deleted');
    expect(nameless.deleted).toEqual([`found-amphora-${nameless.id}`]);
    const living = await scene('alive');
    expect(await living.look({ reason: 'ZOMBIE' })).toBe('well');
    expect([...living.deleted, ...living.failedOver]).toEqual([]);
  });

  it('trap 15: of one that is no more has it forgotten', async () => {
    const { look, id, deleted } = await scene('dead', [{ status: 'DELETED' }]);
    expect(await look()).toBe('gone');
    expect(await findHeartbeat(id)).toBeNull();
    expect(deleted).toEqual([]);
    expect(await look({ amphora_id: crypto.randomUUID() })).toBe('gone');
  });
});
