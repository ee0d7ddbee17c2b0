import * as z from 'zod';
import type { AgentAddress, AmphoraDriver } from '../../lib/drivers/amphora/amphora-driver.ts';
import { impatientAmphoraDriver } from '../../lib/drivers/amphora/index.ts';
import { type Amphora, AmphoraRole } from '../../lib/models/objects/amphora.ts';
import { Topology } from '../../lib/models/objects/load-balancer.ts';
import type { FlowInput } from '../../lib/models/operations/operation.ts';
import { AmphoraStatus } from '../../lib/models/statuses.ts';
import { takeOver } from '../../lib/repositories/fleet/amphora-take-over.ts';
import { readTree } from '../../lib/repositories/objects/trees.ts';
import { loadBalancerAmphoraInput } from '../../lib/task/parse-input.ts';
import { type TaskContext, task } from '../../lib/task/task.ts';

const input = loadBalancerAmphoraInput.extend({
  new_role: z.enum(AmphoraRole),
  leaving: z.array(z.object({ amphora_id: z.guid() })),
});

type Agents = Pick<AmphoraDriver, 'getInfo' | 'stopVrrp'>;

const addressOf = ({ id, lb_network_ip }: Amphora): readonly AgentAddress[] =>
  lb_network_ip === null ? [] : [{ amphoraId: id, lbNetworkIp: lb_network_ip }];

/**
 * From here on the new amphora is the load balancer's, and those it replaces are leaving. Their keepalived resigns
 * where a peer can take the VIP. Returns the amphorae that must learn of the new one:
 * `{ peers: [{ amphora_id, survivor }] }`, without those that cannot be reached.
 */
export const amphoraTakeOver = (agents: Agents) => {
  /** True when the amphora did it; one that is dead never holds up the others. */
  const tried = async (what: string, call: Promise<unknown>, log: TaskContext['log']): Promise<boolean> => {
    try {
      await call;
      return true;
    } catch (error) {
      log.warn(`${what} did not succeed`, { reason: error instanceof Error ? error.message : 'unknown' });
      return false;
    }
  };

  return async (event: z.infer<typeof input>, flow: FlowInput, log: TaskContext['log']) => {
    const leavingIds = new Set(event.leaving.map(({ amphora_id }) => amphora_id));
    await takeOver(flow, { amphoraId: event.amphora_id, role: event.new_role, leaving: [...leavingIds] });
    const { tree } = await readTree(event.loadbalancer_id, { withMembers: false });
    if (tree.load_balancer.topology === Topology.SINGLE) return { peers: [] };
    const others = tree.amphorae.filter(
      ({ id, status }) => status === AmphoraStatus.ALLOCATED && id !== event.amphora_id,
    );
    const survivors = others.flatMap(addressOf);
    const reached = await Promise.all(
      survivors.map((agent) => tried('probe of a survivor', agents.getInfo(agent), log)),
    );
    const reachable = survivors.filter((_agent, index) => reached[index]);
    if (reachable.length > 0) {
      const leaving = tree.amphorae.filter(({ id }) => leavingIds.has(id)).flatMap(addressOf);
      await Promise.all(leaving.map((agent) => tried('goodbye of a leaving amphora', agents.stopVrrp(agent), log)));
    }
    return {
      peers: [
        { amphora_id: event.amphora_id, survivor: false },
        ...reachable.map(({ amphoraId }) => ({ amphora_id: amphoraId, survivor: true })),
      ],
    };
  };
};

export const handler = task({
  name: 'AmphoraTakeOver',
  input,
  drivers: impatientAmphoraDriver,
  run: (event, { flow, log }, drivers) => amphoraTakeOver(drivers)(event, flow, log),
});
