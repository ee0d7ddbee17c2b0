import { describe, expect, it } from 'vitest';
import { statusesOf, worstOf } from '../../../../lib/health/operating-statuses.ts';
import type { Listener } from '../../../../lib/models/objects/listener.ts';
import type { Member } from '../../../../lib/models/objects/pool.ts';
import { OperatingStatus } from '../../../../lib/models/statuses.ts';
import { newListener, newMember, newPool } from '../../../fixtures/children.ts';
import { newLoadBalancer } from '../../../fixtures/load-balancer.ts';

const { ONLINE, OFFLINE, DEGRADED, ERROR, DRAINING, NO_MONITOR } = OperatingStatus;

const owner = newLoadBalancer({ provisioning_status: 'ACTIVE' });
const pool = newPool(owner);

interface Scene {
  readonly loadBalancer?: Partial<typeof owner>;
  readonly listener?: Partial<Listener>;
  readonly member?: Partial<Member>;
  /** The words of the heartbeat; absent: it does not speak of it. */
  readonly words: { readonly listener?: string; readonly pool?: string; readonly member?: string };
}

const derive = ({ loadBalancer = {}, listener = {}, member = {}, words }: Scene) => {
  const ownListener = newListener(owner, { default_pool_id: pool.id, ...listener });
  const ownMember = newMember(pool, member);
  const { loadBalancer: whole, objects } = statusesOf(
    {
      load_balancer: { ...owner, ...loadBalancer },
      listeners: [ownListener],
      pools: [pool],
      members: [ownMember],
    },
    {
      listeners: new Map(words.listener === undefined ? [] : [[ownListener.id, { status: words.listener }]]),
      pools: new Map(
        words.pool === undefined
          ? []
          : [
              [
                pool.id,
                {
                  status: words.pool,
                  members: new Map(words.member === undefined ? [] : [[ownMember.id, words.member]]),
                },
              ],
            ],
      ),
    },
  );
  return {
    whole,
    listener: objects.get(ownListener.id),
    pool: objects.get(pool.id),
    member: objects.get(ownMember.id),
  };
};

const well = { listener: 'OPEN', pool: 'UP', member: 'UP' };

describe('a load balancer', () => {
  it('is ONLINE when all is well, and OFFLINE when it is disabled', () => {
    expect(derive({ words: well })).toEqual({ whole: ONLINE, listener: ONLINE, pool: ONLINE, member: ONLINE });
    expect(derive({ loadBalancer: { enabled: false }, words: {} }).whole).toBe(OFFLINE);
  });
});

describe('a listener', () => {
  it('that is full is DEGRADED, and so is its load balancer', () => {
    expect(derive({ words: { ...well, listener: 'FULL' } })).toMatchObject({ whole: DEGRADED, listener: DEGRADED });
  });

  it('that is missing is ERROR, unless it is disabled or something changes', () => {
    const { pool: _pool, ...words } = { pool: 'UP', member: 'UP' };
    expect(derive({ words })).toMatchObject({ whole: ONLINE, listener: ERROR });
    expect(derive({ words, listener: { enabled: false } }).listener).toBe(OFFLINE);
    expect(derive({ words, loadBalancer: { provisioning_status: 'PENDING_UPDATE' } }).listener).toBe(OFFLINE);
    expect(derive({ words, loadBalancer: { provisioning_status: 'ERROR' } }).listener).toBe(OFFLINE);
  });

  it('stays as it is when its word means nothing', () => {
    expect(derive({ words: { ...well, listener: 'STOP' } }).listener).toBeUndefined();
  });
});

describe('a pool', () => {
  it('that is down is ERROR, and so is its load balancer', () => {
    expect(derive({ words: { ...well, pool: 'DOWN', member: 'DOWN' } })).toEqual({
      whole: ERROR,
      listener: ONLINE,
      pool: ERROR,
      member: ERROR,
    });
  });

  it('that no amphora reports is OFFLINE, and its members stay as they are', () => {
    expect(derive({ words: { listener: 'OPEN' } })).toEqual({
      whole: ONLINE,
      listener: ONLINE,
      pool: OFFLINE,
      member: undefined,
    });
  });

  it('stays as it is when its word means nothing', () => {
    expect(derive({ words: { ...well, pool: 'MAINT' } }).pool).toBeUndefined();
  });
});

describe('a member', () => {
  const cases: readonly (readonly [string, OperatingStatus | undefined])[] = [
    ['UP', ONLINE],
    ['UP 1/3', ONLINE],
    ['DRAIN', DRAINING],
    ['MAINT', OFFLINE],
    ['no check', NO_MONITOR],
    ['RESTARTING', undefined],
  ];
  it.each(cases)('of which is said %j is %s, and nothing above it suffers', (word, status) => {
    expect(derive({ words: { ...well, member: word } })).toMatchObject({ whole: ONLINE, pool: ONLINE });
    expect(derive({ words: { ...well, member: word } }).member).toBe(status);
  });

  it.each(['DOWN', 'DOWN 1/2'])('that is %j is ERROR, and pool and load balancer are DEGRADED', (word) => {
    expect(derive({ words: { ...well, member: word } })).toEqual({
      whole: DEGRADED,
      listener: ONLINE,
      pool: DEGRADED,
      member: ERROR,
    });
  });

  it('that its pool does not mention is OFFLINE, unless it has no monitor', () => {
    const words = { listener: 'OPEN', pool: 'UP' };
    expect(derive({ words, member: { operating_status: ONLINE } }).member).toBe(OFFLINE);
    expect(derive({ words, member: { operating_status: NO_MONITOR } }).member).toBeUndefined();
  });
});

describe('trap 37: of two amphorae', () => {
  const view = (loadBalancer: OperatingStatus, ...objects: readonly (readonly [string, OperatingStatus])[]) => ({
    loadBalancer,
    objects: new Map(objects),
  });

  it('the worst report counts for each object, in any order', () => {
    const one = view(ONLINE, ['a', ONLINE], ['b', ERROR]);
    const other = view(DEGRADED, ['a', DEGRADED], ['b', ONLINE], ['c', OFFLINE]);
    const both = view(DEGRADED, ['a', DEGRADED], ['b', ERROR], ['c', OFFLINE]);
    expect(worstOf(one, other)).toEqual(both);
    expect(worstOf(other, one)).toEqual(both);
    expect(worstOf(one)).toEqual(one);
  });
});
