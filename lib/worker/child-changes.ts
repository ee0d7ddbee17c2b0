import * as healthMonitors from '../changes/health-monitors.ts';
import * as l7 from '../changes/l7.ts';
import * as listeners from '../changes/listeners.ts';
import { batchMembers, type WantedMember } from '../changes/member-batch.ts';
import * as members from '../changes/members.ts';
import * as pools from '../changes/pools.ts';
import { stateOf } from '../changes/relations.ts';
import { DuplicateMemberError } from '../errors/conflict.ts';
import { MemberNotFound, NoSuitableLB, NoSuitablePool } from '../errors/not-found.ts';
import type { Child } from '../models/objects/child.ts';
import type { L7Policy, L7Rule } from '../models/objects/l7.ts';
import type { Listener } from '../models/objects/listener.ts';
import type { HealthMonitor, Member, Pool } from '../models/objects/pool.ts';
import { findChild, findChildAt } from '../repositories/objects/child-reads.ts';
import { readPoolMembers } from '../repositories/objects/trees.ts';
import { memberKey } from '../repositories/table/keys.ts';
import type { OperationHandle } from './operation-handle.ts';
import { OperationStarter } from './operation-starter.ts';

/** A plan that looks at more than its own rows and parents must be the only one at its time. */
const EXCLUSIVE = true;
const SHARED = false;

const readMember = async (memberId: string): Promise<members.MemberRead> => {
  const found = await findChild('member', memberId);
  if (found === null) throw new MemberNotFound(memberId);
  return { member: found.child.object, state: found.state };
};

const refuseTakenAddress = async (member: Member): Promise<void> => {
  const found = await findChildAt('member', memberKey(member));
  if (found !== null) throw new DuplicateMemberError(member.ip_address, member.protocol_port);
};

/** The changes of what is below a load balancer. */
export abstract class ChildChanges extends OperationStarter {
  /**
   * @param below what comes with it: pools with members and health monitors, L7 policies with rules
   * @throws NoSuitableLB its load balancer is missing
   * @throws DuplicateListenerError the port is taken
   */
  async createListener(listener: Listener, below: readonly Child[] = []): Promise<OperationHandle> {
    return await this.below(listener.load_balancer_id, NoSuitableLB, EXCLUSIVE, (read) =>
      listeners.createListener(read, listener, below),
    );
  }

  /** @throws ListenerNotFound */
  async updateListener(listenerId: string, updates: listeners.ListenerUpdates): Promise<OperationHandle> {
    return await this.changeOf('listener', listenerId, EXCLUSIVE, (read) =>
      listeners.updateListener(read, listenerId, updates),
    );
  }

  /** Its L7 policies go with it. @throws ListenerNotFound */
  async deleteListener(listenerId: string): Promise<OperationHandle> {
    return await this.changeOf('listener', listenerId, EXCLUSIVE, (read) => listeners.deleteListener(read, listenerId));
  }

  /**
   * @param listenerId the listener whose default pool it becomes
   * @param below its members and health monitor
   * @throws NoSuitableLB its load balancer is missing
   * @throws DefaultPoolExistsError
   */
  async createPool(
    pool: Pool,
    listenerId: string | null = null,
    below: readonly Child[] = [],
  ): Promise<OperationHandle> {
    return await this.below(pool.load_balancer_id, NoSuitableLB, EXCLUSIVE, (read) =>
      pools.createPool(read, pool, listenerId, below),
    );
  }

  /** @throws PoolNotFound */
  async updatePool(poolId: string, updates: pools.PoolUpdates): Promise<OperationHandle> {
    return await this.changeOf('pool', poolId, SHARED, (read) => pools.updatePool(read, poolId, updates));
  }

  /** Its members and health monitor go with it. @throws PoolNotFound @throws PoolInUseError by an L7 policy */
  async deletePool(poolId: string): Promise<OperationHandle> {
    return await this.changeOf('pool', poolId, EXCLUSIVE, (read) => pools.deletePool(read, poolId));
  }

  /** @throws NoSuitablePool its pool is missing @throws HealthMonitorExistsError */
  async createHealthMonitor(monitor: HealthMonitor): Promise<OperationHandle> {
    return await this.below(monitor.load_balancer_id, NoSuitablePool, EXCLUSIVE, (read) =>
      healthMonitors.createHealthMonitor(read, monitor),
    );
  }

  /** @throws HMNotFound */
  async updateHealthMonitor(
    healthMonitorId: string,
    updates: healthMonitors.HealthMonitorUpdates,
  ): Promise<OperationHandle> {
    return await this.changeOf('health_monitor', healthMonitorId, SHARED, (read) =>
      healthMonitors.updateHealthMonitor(read, healthMonitorId, updates),
    );
  }

  /** @throws HMNotFound */
  async deleteHealthMonitor(healthMonitorId: string): Promise<OperationHandle> {
    return await this.changeOf('health_monitor', healthMonitorId, SHARED, (read) =>
      healthMonitors.deleteHealthMonitor(read, healthMonitorId),
    );
  }

  /** @throws NoSuitablePool its pool is missing @throws DuplicateMemberError the address and port are taken */
  async createMember(member: Member): Promise<OperationHandle> {
    return await this.below(member.load_balancer_id, NoSuitablePool, SHARED, async (read) => {
      await refuseTakenAddress(member);
      return members.createMember(read, member);
    });
  }

  /** @throws MemberNotFound */
  async updateMember(memberId: string, updates: members.MemberUpdates): Promise<OperationHandle> {
    return await this.changeOf('member', memberId, SHARED, async (read) =>
      members.updateMember(read, await readMember(memberId), updates),
    );
  }

  /** @throws MemberNotFound */
  async deleteMember(memberId: string): Promise<OperationHandle> {
    return await this.changeOf('member', memberId, SHARED, async (read) =>
      members.deleteMember(read, await readMember(memberId)),
    );
  }

  /**
   * Makes a pool's members exactly those given, or adds and updates only.
   * @throws PoolNotFound @throws DuplicateMemberError
   */
  async batchUpdateMembers(
    poolId: string,
    wanted: readonly WantedMember[],
    { additiveOnly = false }: { readonly additiveOnly?: boolean } = {},
  ): Promise<OperationHandle> {
    return await this.changeOf('pool', poolId, EXCLUSIVE, async (read) => {
      const { members: present, changes } = await readPoolMembers(read.tree.load_balancer.id, poolId);
      const existing = present.map((member) => ({ member, state: stateOf({ ...read, changes }, member.id) }));
      return batchMembers(read, poolId, existing, wanted, additiveOnly);
    });
  }

  /** @param rules come with the policy @throws ListenerNotFound */
  async createL7Policy(policy: L7Policy, rules: readonly L7Rule[] = []): Promise<OperationHandle> {
    return await this.below(policy.load_balancer_id, NoSuitableLB, EXCLUSIVE, (read) =>
      l7.createL7Policy(read, policy, rules),
    );
  }

  /** @throws L7PolicyNotFoundError */
  async updateL7Policy(policyId: string, updates: l7.L7PolicyUpdates): Promise<OperationHandle> {
    return await this.changeOf('l7_policy', policyId, EXCLUSIVE, (read) => l7.updateL7Policy(read, policyId, updates));
  }

  /** @throws L7PolicyNotFoundError */
  async deleteL7Policy(policyId: string): Promise<OperationHandle> {
    return await this.changeOf('l7_policy', policyId, EXCLUSIVE, (read) => l7.deleteL7Policy(read, policyId));
  }

  /** @throws L7PolicyNotFoundError */
  async createL7Rule(rule: L7Rule): Promise<OperationHandle> {
    return await this.below(rule.load_balancer_id, NoSuitableLB, SHARED, (read) => l7.createL7Rule(read, rule));
  }

  /** @throws L7RuleNotFoundError */
  async updateL7Rule(ruleId: string, updates: l7.L7RuleUpdates): Promise<OperationHandle> {
    return await this.changeOf('l7_rule', ruleId, SHARED, (read) => l7.updateL7Rule(read, ruleId, updates));
  }

  /** @throws L7RuleNotFoundError */
  async deleteL7Rule(ruleId: string): Promise<OperationHandle> {
    return await this.changeOf('l7_rule', ruleId, SHARED, (read) => l7.deleteL7Rule(read, ruleId));
  }
}
