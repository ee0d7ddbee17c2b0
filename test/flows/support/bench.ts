import { GetExecutionHistoryCommand, SFNClient } from '@aws-sdk/client-sfn';
import { beforeAll } from 'vitest';
import type { Amphora } from '../../../lib/models/objects/amphora.ts';
import type { Child } from '../../../lib/models/objects/child.ts';
import type { Operation } from '../../../lib/models/operations/operation.ts';
import { AmphoraStatus } from '../../../lib/models/statuses.ts';
import type { NewLoadBalancer } from '../../../lib/repositories/locks/commits.ts';
import type { OperationHandle } from '../../../lib/worker/operation-handle.ts';
import type { StandInCloud } from '../../../local/cloud/cloud.ts';
import type { StackOptions } from '../../../local/stack.ts';
import { newLoadBalancer } from '../../fixtures/load-balancer.ts';
import { useStack } from '../../helpers/stack.ts';
import { WAIT_MS } from '../../patience.ts';

/** The library with the settings of the running stack: imported after it has started. */
const importLibrary = async () => {
  const [worker, network, agents, vipPort, trees, operations, commits] = await Promise.all([
    import('../../../lib/controller-worker.ts'),
    import('../../../lib/drivers/network/index.ts'),
    import('../../../lib/drivers/amphora/index.ts'),
    import('../../../lib/steps/network/vip-port.ts'),
    import('../../../lib/repositories/objects/trees.ts'),
    import('../../../lib/repositories/operations/operations.ts'),
    import('../../../lib/repositories/locks/commits.ts'),
  ]);
  return { ...worker, ...network, ...agents, ...vipPort, ...trees, ...operations, ...commits };
};
type Library = Awaited<ReturnType<typeof importLibrary>>;

const must = <T>(value: T | null | undefined): T => {
  if (value === null || value === undefined) throw new Error('There is nothing here.');
  return value;
};

/** A stack of the file's own, the library on it, and what flow tests ask of both. */
export const useBench = (options: Partial<StackOptions> = {}) => {
  const stack = useStack(options);
  let library: Library | null = null;
  beforeAll(async () => {
    library = await importLibrary();
  });
  const lib = (): Library => must(library);
  const cloud = (): StandInCloud => must(stack().cloud);
  const worker = () => new (lib().ControllerWorker)();

  const draft = async (changes: Partial<NewLoadBalancer> = {}): Promise<NewLoadBalancer> => {
    const { vipNetworkId, vipSubnetId, serviceProjectId } = cloud().facts;
    const wish = newLoadBalancer({ project_id: serviceProjectId, ...changes });
    const vip = { ...wish.vip, ip_address: '', network_id: vipNetworkId, subnet_id: vipSubnetId };
    const port = await lib()
      .networkDriver()
      .createPort(lib().vipPortSpec({ ...wish, vip }));
    return { ...wish, vip: { ...vip, port_id: port.id, ip_address: must(port.fixedIps[0]).ipAddress } };
  };

  /** Every amphora that is not deleted. */
  const amphorae = async (loadBalancerId: string): Promise<readonly Amphora[]> =>
    (await lib().getTree(loadBalancerId)).amphorae.filter(({ status }) => status !== AmphoraStatus.DELETED);

  const agentOf = ({ id, lb_network_ip }: Amphora) => ({ amphoraId: id, lbNetworkIp: must(lb_network_ip) });

  /** The record of the operation once it has ended, whatever way. */
  const ended = async (handle: OperationHandle): Promise<Operation> => {
    await handle.wait(WAIT_MS).catch(() => undefined);
    return await lib().getOperation(handle.operationId);
  };

  const history = async (handle: OperationHandle) => {
    const client = new SFNClient({ endpoint: stack().endpoints.stepFunctions });
    try {
      const { executionArn } = handle;
      const { events = [] } = await client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }));
      return events;
    } finally {
      client.destroy();
    }
  };

  return {
    stack,
    lib,
    cloud,
    worker,
    draft,
    amphorae,
    agentOf,
    ended,
    history,
    /** What a create in a given state needs, waited for. */
    async created(
      changes: Partial<NewLoadBalancer> = {},
      children: (of: NewLoadBalancer) => readonly Child[] = () => [],
    ) {
      const loadBalancer = await draft(changes);
      const handle = await worker().createLoadBalancer(loadBalancer, children(loadBalancer));
      await handle.wait(WAIT_MS);
      return { ...loadBalancer, handle };
    },
    /** States entered, which are what is billed. */
    transitions: async (handle: OperationHandle): Promise<number> =>
      (await history(handle)).filter(({ type }) => type?.endsWith('StateEntered')).length,
    /** Ids of the amphorae that say they have the address. */
    async holders(loadBalancerId: string, address: string): Promise<readonly string[]> {
      const holding: string[] = [];
      for (const amphora of await amphorae(loadBalancerId)) {
        const found = await lib()
          .impatientAmphoraDriver()
          .getInterface(agentOf(amphora), address)
          .catch(() => null);
        if (found !== null) holding.push(amphora.id);
      }
      return holding;
    },
    crash: async (amphora: Amphora | undefined): Promise<void> => {
      await cloud().faults.crashServer(must(must(amphora).compute_id));
    },
    /** Names of everything in the cloud that was made for load balancers. */
    leftovers(): readonly string[] {
      const { servers, ports, securityGroups, serverGroups } = cloud().state;
      const named = [...servers.values(), ...ports.values(), ...securityGroups.values(), ...serverGroups.values()];
      return named.map(({ name }) => name).filter((name) => /^(amphora-|octavia-lb-|lb-[0-9a-f]{8}-)/.test(name));
    },
  };
};
