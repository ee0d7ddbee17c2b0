import { describe, expect, it } from 'vitest';
import {
  createHealthMonitor,
  deleteHealthMonitor,
  updateHealthMonitor,
} from '../../../../lib/changes/health-monitors.ts';
import { HealthMonitorExistsError, ImmutableChildError } from '../../../../lib/errors/conflict.ts';
import { HMNotFound, PoolNotFound } from '../../../../lib/errors/not-found.ts';
import { aListener, aMonitor, aPool } from '../../../fixtures/render/tree.ts';
import { aRead, outline } from './support.ts';

const leaving = { provisioning_status: 'PENDING_DELETE' } as const;
const pools = [aPool()];
const listeners = [aListener(1, { default_pool_id: aPool().id })];
const { id } = aMonitor();

describe('a health monitor', () => {
  it('moves its pool and the listeners that use it', () => {
    const parents = [aPool().id, aListener().id];
    expect(outline(createHealthMonitor(aRead({ pools, listeners }), aMonitor()))).toMatchObject({
      creates: [id],
      parents,
    });
    const read = aRead({ pools, listeners, health_monitors: [aMonitor()] });
    expect(outline(updateHealthMonitor(read, id, { delay: 9 }))).toMatchObject({
      updates: { [id]: { delay: 9 } },
      parents,
    });
    expect(outline(deleteHealthMonitor(read, id))).toMatchObject({ deletes: [id], parents });
  });

  it('is the only one of its pool, until it is gone', () => {
    for (const first of [aMonitor(1), aMonitor(1, leaving)]) {
      const read = aRead({ pools, health_monitors: [first] });
      expect(() => createHealthMonitor(read, aMonitor(2))).toThrow(HealthMonitorExistsError);
    }
  });

  it('must be there and stay, like its pool', () => {
    expect(() => createHealthMonitor(aRead({}), aMonitor())).toThrow(PoolNotFound);
    expect(() => updateHealthMonitor(aRead({ pools }), id, {})).toThrow(HMNotFound);
    const going = aRead({ pools, health_monitors: [aMonitor(1, leaving)] });
    expect(() => deleteHealthMonitor(going, id)).toThrow(ImmutableChildError);
  });
});
