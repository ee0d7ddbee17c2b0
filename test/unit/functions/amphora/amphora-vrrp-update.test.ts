import { beforeAll, describe, expect, it } from 'vitest';
import { amphoraVrrpUpdate } from '../../../../functions/amphora/amphora-vrrp-update.ts';
import { AmphoraNotReadyError } from '../../../../lib/errors/cloud.ts';
import { OperationSuperseded } from '../../../../lib/errors/flow.ts';
import { getAmphora, newAmphora } from '../../../../lib/repositories/fleet/amphora-commits.ts';
import { createAmphora, updateAmphora } from '../../../../lib/repositories/fleet/amphorae.ts';
import { settle } from '../../../../lib/repositories/locks/settlements.ts';
import { updateLoadBalancer } from '../../../../lib/repositories/objects/load-balancer-changes.ts';
import { useTable } from '../../../helpers/table.ts';
import { ended } from '../../lib/repositories/support/stored.ts';
import { fakeNetwork } from '../network/support.ts';
import { fakeAgent, withAmphora } from './support.ts';

beforeAll(useTable);

const group = { vrrp_group_name: 'group', vrrp_auth_type: 'PASS', vrrp_auth_pass: 'secret1', advert_int: 1 } as const;

/** An amphora of two, whose agent has the VIP on this interface. */
const inPair = async (vipInterface: string | null) => {
  const at = await withAmphora(() => [], { topology: 'ACTIVE_STANDBY' });
  await updateLoadBalancer(at.flow, { vrrp_group: group });
  await updateAmphora(at.flow, at.amphoraId, { role: 'MASTER', vrrp_priority: 100, vrrp_id: 1 });
  const agent = fakeAgent();
  const uploaded: string[] = [];
  const agents = {
    ...agent,
    getInterface: async () => vipInterface,
    uploadVrrpConfig: async (_agent: unknown, text: string) => {
      agent.calls.push('uploadVrrpConfig');
      uploaded.push(text);
    },
  };
  /** @param meanwhile happens while the agent takes the configuration */
  const run = (meanwhile = async () => {}) => {
    const uploadVrrpConfig = async (to: unknown, text: string): Promise<void> => {
      await agents.uploadVrrpConfig(to, text);
      await meanwhile();
    };
    return amphoraVrrpUpdate({ network: fakeNetwork(), agents: { ...agents, uploadVrrpConfig } })(
      { loadbalancer_id: at.id, amphora_id: at.amphoraId },
      at.flow,
    );
  };
  return { ...at, agent, uploaded, run };
};

describe('AmphoraVRRPUpdate', () => {
  it('trap 8: takes the interface that the agent says, whatever its name, and remembers it', async () => {
    const { run, uploaded, amphoraId } = await inPair('eth7');
    await run();
    expect(uploaded[0]).toContain('interface eth7');
    expect(await getAmphora(amphoraId)).toMatchObject({ vrrp_interface: 'eth7' });
  });

  it('trap 23: starts keepalived as soon as it has its configuration', async () => {
    const { run, agent } = await inPair('eth1');
    await run();
    expect(agent.calls).toEqual(['uploadVrrpConfig', 'startVrrp']);
  });

  it('trap 20: asks keepalived for no state and no preemption, so that a rebuilt MASTER takes nothing back', async () => {
    const { run, uploaded } = await inPair('eth1');
    await run();
    expect(uploaded[0]).toMatch(/^\s+nopreempt$/m);
    expect(uploaded[0]).not.toMatch(/^\s+state\b/m);
  });

  it('is done once more by a late handler, with the peers that the table has by then', async () => {
    const { run, uploaded, agent, flow, id, amphoraId } = await inPair('eth1');
    const overtaken = async (): Promise<void> => {
      if (uploaded.length > 1) return;
      const peer = crypto.randomUUID();
      await createAmphora(flow, newAmphora(peer, id));
      await updateAmphora(flow, peer, { status: 'ALLOCATED', vrrp_ip: '10.0.0.77' });
      await updateAmphora(flow, amphoraId, { vrrp_priority: 90 });
      await settle(flow, ended);
    };
    await expect(run(overtaken)).rejects.toThrow(OperationSuperseded);
    expect(uploaded.map((text) => /priority (\d+)/.exec(text)?.[1])).toEqual(['100', '90']);
    expect(uploaded[0]).not.toContain('10.0.0.77');
    expect(uploaded[1]).toContain('10.0.0.77');
    expect(agent.calls).toEqual(['uploadVrrpConfig', 'startVrrp', 'uploadVrrpConfig', 'startVrrp']);
  });

  it('waits for an interface that is not there yet', async () => {
    const { run, uploaded } = await inPair(null);
    await expect(run()).rejects.toThrow(AmphoraNotReadyError);
    expect(uploaded).toEqual([]);
  });
});
