import { setTimeout as pause } from 'node:timers/promises';
import type { LoadBalancerTree } from '../../lib/models/objects/tree.ts';
import type { FlowInput } from '../../lib/models/operations/operation.ts';
import { AmphoraStatus } from '../../lib/models/statuses.ts';
import { closeForLastRound } from '../../lib/repositories/locks/change-settlements.ts';
import { getLoadBalancer } from '../../lib/repositories/objects/load-balancers.ts';
import { unstageRows } from '../../lib/repositories/objects/staged-rows.ts';
import { readTree } from '../../lib/repositories/objects/trees.ts';
import { getFlowOperation } from '../../lib/repositories/operations/operations.ts';
import { loadBalancerInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

/** When changes keep coming in, a round waits for a gap between them, but not for ever. */
const GAP_MS = 250;
const LONGEST_WAIT_MS = 12_000;
/**
 * From then on nothing joins any more: a tenant that changes something every second would keep the load balancer
 * PENDING, and failovers away.
 */
const OPEN_MS = 300_000;

const presentAmphorae = ({ amphorae }: LoadBalancerTree) =>
  amphorae.filter(({ status }) => status === AmphoraStatus.ALLOCATED);

/** Answers when no change came in for a while. */
const waitForGap = async (loadBalancerId: string): Promise<void> => {
  const deadline = Date.now() + LONGEST_WAIT_MS;
  let { generation } = await getLoadBalancer(loadBalancerId);
  while (Date.now() < deadline) {
    await pause(GAP_MS);
    const now = (await getLoadBalancer(loadBalancerId)).generation;
    if (now === generation) return;
    generation = now;
  }
};

const isOverdue = async (flow: FlowInput): Promise<boolean> => {
  const { started_at } = await getFlowOperation(flow);
  return started_at !== null && Date.now() - Date.parse(started_at) > OPEN_MS;
};

/**
 * Begins a round. Everything committed up to the returned generation is part of the following steps; a later change
 * makes the settling do another round. Answers `{ generation, amphorae }`.
 */
export const handler = task({
  name: 'PrepareChanges',
  input: loadBalancerInput,
  run: async (input, { flow }) => {
    const id = input.loadbalancer_id;
    // The first round does not wait, so that a single change is fast; a further round means that more changes are on
    // their way.
    if ('settling' in input) {
      if (await isOverdue(flow)) await closeForLastRound(flow);
      else await waitForGap(id);
    }
    await unstageRows(flow);
    // The generation is read first, so that nothing read after it can be missing from it.
    const { generation } = await getLoadBalancer(id);
    const { tree } = await readTree(id, { withMembers: false });
    return { generation, amphorae: presentAmphorae(tree).map((amphora) => ({ amphora_id: amphora.id })) };
  },
});
