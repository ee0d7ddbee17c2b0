import { describe, expect, it } from 'vitest';
import type { Flow } from '../../../../../lib/models/flows.ts';
import { decide } from '../../../../../lib/models/operations/admission-queue.ts';
import { type Contender, isFlowLimited, type Limits, needsOf } from '../../../../../lib/models/operations/limits.ts';

const OFF: Limits = { operations: -1, builds: -1, failovers: -1, project_operations: -1 };
const NOW = Date.parse('2026-11-25T12:00:00Z');

let number = 0;
const contender = (flow: Flow, changes: Partial<Contender> = {}): Contender => {
  number += 1;
  const builds = flow.startsWith('create-') || flow.startsWith('failover-') ? 1 : 0;
  const operation_id = String(number).padStart(6, '0');
  return { operation_id, flow, project_id: 'p', builds, since: new Date(NOW).toISOString(), ...changes };
};
const several = (count: number, flow: Flow, changes: Partial<Contender> = {}) =>
  Array.from({ length: count }, () => contender(flow, changes));

const names = (contenders: readonly Contender[]) => contenders.map(({ operation_id }) => operation_id);
const admits = (limits: Partial<Limits>, holders: readonly Contender[], waiting: readonly Contender[], now = NOW) =>
  names(decide({ ...OFF, ...limits }, holders, waiting, now).admitted);

describe('what an operation needs', () => {
  it('is nothing where limits are off', () => {
    for (const flow of ['apply-changes', 'create-load-balancer', 'failover-amphora'] as const) {
      expect(needsOf(contender(flow), OFF)).toEqual([]);
      expect(isFlowLimited(flow, OFF)).toBe(false);
    }
  });

  it('concerns builders, failovers and all operations, each by its own limit', () => {
    const builds = { ...OFF, builds: 5 };
    expect(isFlowLimited('create-load-balancer', builds)).toBe(true);
    expect(isFlowLimited('failover-amphora', builds)).toBe(true);
    expect(isFlowLimited('apply-changes', builds)).toBe(false);
    expect(isFlowLimited('delete-load-balancer', builds)).toBe(false);
    expect(isFlowLimited('create-load-balancer', { ...OFF, failovers: 5 })).toBe(false);
    expect(isFlowLimited('failover-load-balancer', { ...OFF, failovers: 5 })).toBe(true);
    expect(isFlowLimited('apply-changes', { ...OFF, operations: 5 })).toBe(true);
    expect(isFlowLimited('apply-changes', { ...OFF, project_operations: 5 })).toBe(true);
  });

  it('takes no slot of the project for a failover, nor for what belongs to none', () => {
    const limits = { ...OFF, project_operations: 5 };
    expect(needsOf(contender('failover-load-balancer'), limits)).toEqual([]);
    expect(needsOf(contender('create-amphora', { project_id: null }), limits)).toEqual([]);
  });
});

describe('the operations to admit', () => {
  it('come in the order of the ids within a priority, whatever the order they are read in', () => {
    const waiting = several(4, 'create-load-balancer');
    expect(admits({ builds: 2 }, [], waiting.toReversed())).toEqual(names(waiting.slice(0, 2)));
  });

  it('are failovers before creates, and creates before spares', () => {
    const spare = contender('create-amphora');
    const create = contender('create-load-balancer');
    const failover = contender('failover-amphora');
    expect(admits({ builds: 2 }, [], [spare, create, failover])).toEqual(names([failover, create]));
  });

  it('include spares in the end, also while creates keep coming', () => {
    const spare = contender('create-amphora');
    const create = contender('create-load-balancer');
    expect(admits({ builds: 1 }, [], [spare, create])).toEqual(names([create]));
    expect(admits({ builds: 1 }, [], [spare, create], NOW + 600_000)).toEqual(names([spare]));
  });

  it('respect every limit at once, and each project separately', () => {
    const [a, b, c] = several(3, 'apply-changes', { project_id: 'one' });
    const other = contender('apply-changes', { project_id: 'two' });
    const waiting = [a, b, c, other].filter((one) => one !== undefined);
    expect(admits({ project_operations: 2 }, [], waiting)).toEqual(
      names([waiting[0], waiting[1], other].filter((one) => one !== undefined)),
    );
    expect(admits({ project_operations: 2, operations: 1 }, [], waiting)).toEqual(names(waiting.slice(0, 1)));
  });

  it('are none under a limit of 0, and none while a lowered limit has more holders than it allows', () => {
    expect(admits({ builds: 0 }, [], several(2, 'create-load-balancer'))).toEqual([]);
    const holders = several(3, 'create-load-balancer');
    expect(admits({ builds: 2 }, holders, several(1, 'create-load-balancer'))).toEqual([]);
  });

  it('count both amphorae of a load balancer, which is admitted alone where the limit is one', () => {
    const pair = contender('create-load-balancer', { builds: 2 });
    const single = contender('create-load-balancer');
    expect(admits({ builds: 3 }, [pair], [contender('create-load-balancer', { builds: 2 })])).toEqual([]);
    expect(admits({ builds: 1 }, [], [pair, single])).toEqual(names([pair]));
    expect(admits({ builds: 1 }, [single], [pair])).toEqual([]);
  });

  it('are not passed by smaller ones that need the same limit', () => {
    const pair = contender('create-load-balancer', { builds: 2 });
    const singles = several(2, 'create-load-balancer');
    expect(admits({ builds: 2 }, several(1, 'create-load-balancer'), [pair, ...singles])).toEqual([]);
  });

  it('are passed by others that need another limit', () => {
    const create = contender('create-load-balancer');
    const change = contender('apply-changes');
    expect(admits({ builds: 1, operations: 5 }, several(1, 'create-load-balancer'), [create, change])).toEqual(
      names([change]),
    );
  });

  it('leave the first of the queue its reserved share, so that it is not starved', () => {
    const create = contender('create-load-balancer');
    const change = contender('apply-changes');
    const limits = { builds: 1, project_operations: 1 };
    const holders = several(1, 'create-load-balancer', { project_id: 'other' });
    expect(admits(limits, holders, [create, change])).toEqual([]);
  });
});

describe('the queue position', () => {
  it('is counted for each limit, in the order of turns', () => {
    const holders = several(2, 'create-load-balancer');
    const creates = several(2, 'create-load-balancer');
    const failover = contender('failover-amphora');
    const { positions } = decide({ ...OFF, builds: 2 }, holders, [...creates, failover], NOW);
    expect([...positions.values()]).toEqual([
      { limit: 'builds', position: 1 },
      { limit: 'builds', position: 2 },
      { limit: 'builds', position: 3 },
    ]);
    expect([...positions.keys()]).toEqual(names([failover, ...creates]));
  });

  it('is with the limit that is lacked', () => {
    const holders = several(1, 'apply-changes');
    const waiting = several(2, 'apply-changes');
    const { positions } = decide({ ...OFF, operations: 9, project_operations: 1 }, holders, waiting, NOW);
    expect([...positions.values()]).toEqual([
      { limit: 'project_operations', position: 1 },
      { limit: 'project_operations', position: 2 },
    ]);
  });
});
