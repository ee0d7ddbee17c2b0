import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Member, startMember } from '../../local/demo/members.ts';
import { countAnswers } from '../../local/demo/traffic.ts';
import { smallTree } from '../fixtures/children.ts';
import { useBench } from './support/bench.ts';

const bench = useBench({
  heartbeats: true,
  settings: { HEARTBEAT_INTERVAL: '1', HEALTH_CHECK_INTERVAL: '1', HEARTBEAT_TIMEOUT: '20' },
});

const PORT = 8080;

const statuses = async (id: string) => {
  const { load_balancer, listeners, pools, members, amphorae } = await bench.lib().getTree(id);
  return {
    provisioning: load_balancer.provisioning_status,
    whole: load_balancer.operating_status,
    below: [...listeners, ...pools, ...members].map(({ operating_status }) => operating_status),
    allocated: amphorae.filter(({ status }) => status === 'ALLOCATED').map(({ id: amphoraId }) => amphoraId),
  };
};

describe('an amphora that dies without a word', () => {
  let member: Member;
  beforeAll(async () => {
    const { memberCidr } = bench.cloud().facts;
    member = await startMember('only', memberCidr.replace(/\.\d+\/\d+$/, '.21'));
  });
  afterAll(async () => {
    await member.stop();
  });

  it('is detected and replaced without intervention, and traffic comes back', async () => {
    const { memberSubnetId } = bench.cloud().facts;
    const { id, vip } = await bench.created({}, (owner) =>
      smallTree(owner, { subnet_id: memberSubnetId, ip_address: member.address, protocol_port: member.port }).map(
        (child) => (child.kind === 'listener' ? { ...child, object: { ...child.object, protocol_port: PORT } } : child),
      ),
    );
    await expect.poll(() => statuses(id)).toMatchObject({ whole: 'ONLINE', below: ['ONLINE', 'ONLINE', 'NO_MONITOR'] });
    const [old] = await bench.amphorae(id);
    await bench.crash(old);
    await expect.poll(async () => (await statuses(id)).allocated).not.toContain(old?.id);
    await expect.poll(() => statuses(id)).toMatchObject({ provisioning: 'ACTIVE', whole: 'ONLINE' });
    expect((await statuses(id)).allocated).toHaveLength(1);
    const [failover] = await bench.lib().listOperations(id);
    expect(failover).toMatchObject({ flow: 'failover-amphora', status: 'SUCCEEDED', requester: { user_id: 'health' } });
    if (bench.cloud().runsHaproxy) {
      const target = { host: vip.ip_address, port: PORT };
      await expect.poll(() => countAnswers(target, 5)).toEqual(new Map([['only', 5]]));
    }
    await (await bench.worker().deleteLoadBalancer(id)).wait();
    expect(bench.leftovers()).toEqual([]);
  });
});

describe('a slow amphora', () => {
  it('whose agent takes connections and does not answer is left alone until the timeout', async () => {
    const { id } = await bench.created();
    const [amphora] = await bench.amphorae(id);
    await bench.cloud().faults.setAgentMode(String(amphora?.compute_id), 'mute');
    const alarm = {
      amphora_id: amphora?.id,
      loadbalancer_id: id,
      zone: null,
      reason: 'SILENT',
      heard_at: null,
      well_at: new Date(Date.now() + 60_000).toISOString(),
      stale: false,
    };
    const answer = await bench
      .stack()
      .invoke('LookAfterAlarm', { 'detail-type': 'Amphora Health Alarm', detail: alarm });
    expect(answer).toEqual({ alarms: [{ amphora_id: amphora?.id, outcome: 'waiting' }] });
    await bench.cloud().faults.setAgentMode(String(amphora?.compute_id), 'normal');
    await (await bench.worker().deleteLoadBalancer(id)).wait();
  });
});
