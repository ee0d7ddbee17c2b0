import { expect, it } from 'vitest';
import { failingMembers } from '../../../../cli/explain/failing-members.ts';
import { listener, loadBalancer } from './explain.ts';

const member = (id: string, operating_status: string) => ({
  id,
  operating_status,
  address: '10.0.0.5',
  protocol_port: 80,
});
const pool = { id: 'p', health_monitor: { type: 'HTTP' }, members: [member('m1', 'ERROR'), member('m2', 'ONLINE')] };
const tree = {
  loadbalancer: {
    listeners: [
      { id: 'l1', pools: [pool] },
      { id: 'l2', pools: [pool, { id: 'q', members: [member('m3', 'ERROR')] }] },
    ],
  },
};

it('members in ERROR below an object are named once, with what checks them and where', () => {
  const one = 'member m1 fails its HTTP health checks: look at 10.0.0.5 port 80';
  const other = 'member m3 fails its health checks: look at 10.0.0.5 port 80';
  const all = loadBalancer('ACTIVE', 'ERROR');
  const first = listener('l1', 'ACTIVE');
  if (all.kind === 'operation' || first.kind === 'operation') throw new Error('not objects');
  expect(failingMembers(all, tree)).toEqual([one, other]);
  expect(failingMembers(first, tree)).toEqual([one]);
});
