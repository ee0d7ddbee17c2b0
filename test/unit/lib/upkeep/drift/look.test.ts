import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { commitLoadBalancerOperation } from '../../../../../lib/repositories/locks/commits.ts';
import { settle } from '../../../../../lib/repositories/locks/settlements.ts';
import { logger } from '../../../../../lib/tools/logger.ts';
import { look } from '../../../../../lib/upkeep/drift/look.ts';
import { useTable } from '../../../../helpers/table.ts';
import { interceptRequests } from '../../repositories/support/requests.ts';
import { ended, flowOf, updateRequest } from '../../repositories/support/stored.ts';
import { soundCloud, soundLoadBalancer } from './support.ts';

beforeAll(useTable);
beforeEach(() => {
  const silenced = vi.spyOn(logger, 'error').mockImplementation(() => undefined);
  return () => silenced.mockRestore();
});

const update = async (id: string) =>
  flowOf(await commitLoadBalancerOperation(id, updateRequest, { allowed: ['ACTIVE'], to: 'PENDING_UPDATE' }));

describe('a look at load balancers', () => {
  it('judges settled ones in their order, with the rows as they were read', async () => {
    const { lost, parts } = soundCloud();
    const [sound, broken] = [await soundLoadBalancer(), await soundLoadBalancer()];
    lost.add(broken.vip.port_id);
    expect(await look(parts, [broken.id, sound.id], new Map())).toMatchObject([
      { id: broken.id, loadBalancer: { id: broken.id }, findings: [{ kind: 'port_missing' }] },
      { id: sound.id, loadBalancer: { id: sound.id }, findings: [] },
    ]);
  });

  it('asks the network once for all of them, for ids that are known', async () => {
    const { questions, parts } = soundCloud();
    const vip = (await soundLoadBalancer()).vip;
    const one = await soundLoadBalancer({ security_group_id: 'group', vip: { ...vip, qos_policy_id: 'policy' } });
    const other = await soundLoadBalancer({ vip: { ...vip, port_id: '' } });
    await look(parts, [one.id, other.id], new Map());
    expect(questions).toEqual([
      {
        serverIds: [one.compute_id, other.compute_id],
        portIds: [vip.port_id, `port-of-${one.compute_id}`, `port-of-${other.compute_id}`],
        groupIds: ['group'],
        policyIds: ['policy'],
      },
    ]);
  });

  it('neither judges a locked load balancer nor asks the network about it', async () => {
    const { questions, parts } = soundCloud();
    const { id } = await soundLoadBalancer();
    await update(id);
    expect(await look(parts, [id], new Map())).toMatchObject([{ id, loadBalancer: { id }, findings: null }]);
    expect(questions).toEqual([]);
    const sound = await soundLoadBalancer();
    expect(await look(parts, [id, sound.id], new Map())).toMatchObject([{ findings: null }, { findings: [] }]);
    expect(questions).toMatchObject([{ serverIds: [sound.compute_id] }]);
  });

  it('does not judge what an operation worked on meanwhile, though it is settled again', async () => {
    const { lost, parts } = soundCloud();
    const { id, vip } = await soundLoadBalancer();
    lost.add(vip.port_id);
    const meanwhile = async (work: () => Promise<void>) => {
      const viewNetwork: typeof parts.viewNetwork = async (question) => {
        const view = await parts.viewNetwork(question);
        await work();
        return view;
      };
      const [one] = await look({ ...parts, viewNetwork }, [id], new Map());
      return one?.findings;
    };
    expect(await meanwhile(async () => await settle(await update(id), ended))).toBeNull();
    expect(await meanwhile(async () => undefined)).toMatchObject([{ kind: 'port_missing' }]);
    expect(await meanwhile(async () => void (await update(id)))).toBeNull();
  });

  it('finds nothing of a load balancer that is no more', async () => {
    const id = crypto.randomUUID();
    expect(await look(soundCloud().parts, [id], new Map())).toEqual([{ id, loadBalancer: null, findings: null }]);
  });

  it('does not take a row that could not be read for a load balancer that is no more', async () => {
    const { id } = await soundLoadBalancer();
    const stop = interceptRequests(async () => {
      throw new Error('no table');
    });
    try {
      await expect(look(soundCloud().parts, [id], new Map())).rejects.toThrow('no table');
    } finally {
      stop();
    }
  });

  it('is not kept by one that cannot be judged', async () => {
    const { parts } = soundCloud();
    const [broken, sound] = [await soundLoadBalancer(), await soundLoadBalancer()];
    const getHaproxyConfig = async ({ amphoraId }: { readonly amphoraId: string }) => {
      if (amphoraId === broken.amphoraId) throw new TypeError('unforeseen');
      return null;
    };
    const looks = await look(
      { ...parts, agents: { ...parts.agents, getHaproxyConfig } },
      [broken.id, sound.id],
      new Map(),
    );
    expect(looks).toMatchObject([{ loadBalancer: { id: broken.id }, findings: null }, { findings: [] }]);
    expect(logger.error).toHaveBeenCalledWith(expect.any(String), {
      loadbalancer_id: broken.id,
      error: 'TypeError: unforeseen',
    });
  });
});
