import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { listResources, recordIntent } from '../../../../../lib/repositories/cloud/external-resources.ts';
import { ownership, recordSighting } from '../../../../../lib/repositories/cloud/orphans.ts';
import { newAmphora } from '../../../../../lib/repositories/fleet/amphora-commits.ts';
import { createAmphora, updateAmphora } from '../../../../../lib/repositories/fleet/amphorae.ts';
import { commitNewLoadBalancer } from '../../../../../lib/repositories/locks/commits.ts';
import { settle } from '../../../../../lib/repositories/locks/settlements.ts';
import { newLoadBalancer } from '../../../../fixtures/load-balancer.ts';
import { useTable } from '../../../../helpers/table.ts';
import { createRequest, flowOf } from '../support/stored.ts';

beforeAll(useTable);

const ofLoadBalancer = (id: string) => ({ loadbalancer_id: id, amphora_id: null });
const ofAmphora = (id: string) => ({ loadbalancer_id: null, amphora_id: id });
const group = (id: string) => ({ kind: 'security_group' as const, name: `lb-${id}` });
const server = (id: string) => ({ kind: 'server' as const, name: `amphora-${id}` });

const gone = { changes: { provisioning_status: 'DELETED' }, outcome: 'SUCCEEDED' } as const;

describe('the owner of what is in the cloud', () => {
  it('is a load balancer as long as it is there or an operation holds it, and none when it is deleted', async () => {
    const loadBalancer = newLoadBalancer();
    const flow = flowOf(await commitNewLoadBalancer(loadBalancer, createRequest));
    const { id } = loadBalancer;
    expect(await ownership().of(ofLoadBalancer(id), group(id))).toBe('owned');
    await settle(flow, gone);
    expect(await ownership().of(ofLoadBalancer(id), group(id))).toBe('orphan');
  });

  it('is not known when this table never had one of that id', async () => {
    const id = randomUUID();
    expect(await ownership().of(ofLoadBalancer(id), group(id))).toBe('unknown');
    expect(await ownership().of(ofAmphora(id), server(id))).toBe('unknown');
  });

  it('is none when it was announced for a load balancer that never came', async () => {
    const id = randomUUID();
    const port = { kind: 'port' as const, name: `octavia-lb-${id}` };
    await recordIntent(null, { ...port, network_id: 'n', ...ofLoadBalancer(id) });
    const owners = ownership();
    expect(await owners.of(ofLoadBalancer(id), port)).toBe('orphan');
    await owners.forget({ ...port, id: 'p' });
    expect(await listResources(ofLoadBalancer(id))).toEqual([]);
  });

  it('of a deleted amphora’s is its load balancer, while an operation holds that', async () => {
    const loadBalancer = newLoadBalancer();
    const flow = flowOf(await commitNewLoadBalancer(loadBalancer, createRequest));
    const [alive, dead] = [randomUUID(), randomUUID()];
    for (const id of [alive, dead]) await createAmphora(flow, newAmphora(id, loadBalancer.id));
    await updateAmphora(flow, dead, { status: 'DELETED' });
    expect(await ownership().of(ofAmphora(dead), server(dead))).toBe('owned');
    await settle(flow, { ...gone, changes: { provisioning_status: 'ACTIVE' } });
    expect(await ownership().of(ofAmphora(dead), server(dead))).toBe('orphan');
    expect(await ownership().of(ofAmphora(alive), server(alive))).toBe('owned');
  });

  it('is missing since the first sighting', async () => {
    const id = randomUUID();
    const first = await recordSighting('port', id, 'octavia-lb-1');
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await recordSighting('port', id, 'octavia-lb-1')).toBe(first);
  });
});
