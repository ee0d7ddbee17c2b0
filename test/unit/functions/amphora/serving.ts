import { listenersUpdate } from '../../../../functions/amphora/listeners-update.ts';
import type { Member, Pool } from '../../../../lib/models/objects/pool.ts';
import type { FlowInput } from '../../../../lib/models/operations/operation.ts';
import { settleRows } from '../../../../lib/repositories/locks/change-settlements.ts';
import { settle } from '../../../../lib/repositories/locks/settlements.ts';
import { readTree } from '../../../../lib/repositories/objects/trees.ts';
import type { LoadTlsMaterial, TlsMaterial } from '../../../../lib/tls/tls-material.ts';
import { newListener, newPool } from '../../../fixtures/children.ts';
import { addMember, ended } from '../../lib/repositories/support/stored.ts';
import { quiet } from '../support/quiet.ts';
import { fakeAgent, withAmphora } from './support.ts';

export const noTls: TlsMaterial = {
  files: { listeners: new Map(), pools: new Map() },
  uploads: [],
  failedListeners: new Map(),
  failedPools: new Map(),
  unread: new Map(),
};

/** An ACTIVE load balancer whose listener and pool run on one amphora. */
export const serving = async (tls: TlsMaterial = noTls) => {
  const pools: Pool[] = [];
  const at = await withAmphora((owner) => {
    const pool = newPool(owner);
    pools.push(pool);
    return [
      { kind: 'pool', object: pool },
      { kind: 'listener', object: newListener(owner, { default_pool_id: pool.id }) },
    ];
  });
  const [pool] = pools;
  if (pool === undefined) throw new Error('no pool');
  const agent = fakeAgent();
  const material = { now: tls };
  const loadTls: LoadTlsMaterial = async () => material.now;
  const run = (flow: FlowInput) =>
    listenersUpdate({ agents: agent, loadTls })({ loadbalancer_id: at.id, amphora_id: at.amphoraId }, flow, quiet);
  await run(at.flow);
  await settleRows(at.flow, await readTree(at.id));
  await settle(at.flow, ended);
  agent.calls.length = 0;
  const add = async (address: string, changes: Partial<Member> = {}) => {
    const { member, commit } = addMember(pool, address, changes);
    return { member, operation: await commit() };
  };
  return { ...at, pool, agent, run, add, material };
};

/** True when the change of the object is kept out. */
export const isRejected = async (loadBalancerId: string, id: string) =>
  (await readTree(loadBalancerId)).changes.get(id)?.rejected;
