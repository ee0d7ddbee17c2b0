import { beforeAll, describe, expect, it } from 'vitest';
import { amphoraVrrpUpdate } from '../../../../functions/amphora/amphora-vrrp-update.ts';
import { AmphoraNotReadyError } from '../../../../lib/errors/cloud.ts';
import { findAmphora } from '../../../../lib/repositories/amphora-commits.ts';
import { updateAmphora } from '../../../../lib/repositories/amphorae.ts';
import { updateLoadBalancer } from '../../../../lib/repositories/load-balancer-changes.ts';
import { useTable } from '../../../helpers/table.ts';
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
  const run = () =>
    amphoraVrrpUpdate({ network: fakeNetwork(), agents })(
      { loadbalancer_id: at.id, amphora_id: at.amphoraId },
      at.flow,
    );
  return { ...at, agent, uploaded, run };
};

describe('AmphoraVRRPUpdate', () => {
  it('trap 8: takes the interface that the agent says, whatever its name, and remembers it', async () => {
    const { run, uploaded, amphoraId } = await inPair('eth7');
    await run();
    expect(uploaded[0]).toContain('interface eth7');
    expect(await findAmphora(amphoraId)).toMatchObject({ vrrp_interface: 'eth7' });
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

  it('waits for an interface that is not there yet', async () => {
    const { run, uploaded } = await inPair(null);
    await expect(run()).rejects.toThrow(AmphoraNotReadyError);
    expect(uploaded).toEqual([]);
  });
});
