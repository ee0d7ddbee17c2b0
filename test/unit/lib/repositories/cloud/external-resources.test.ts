import { v4 as uuidv4 } from 'uuid';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  forgetResource,
  listResources,
  recordIntent,
  recordResourceId,
} from '../../../../../lib/repositories/cloud/external-resources.ts';
import { useTable } from '../../../../helpers/table.ts';

beforeAll(useTable);

const port = (
  owner: { readonly loadbalancer_id: string | null; readonly amphora_id: string | null },
  name: string,
) => ({
  kind: 'port' as const,
  name,
  network_id: 'net',
  ...owner,
});

describe('the ledger', () => {
  it('distinguishes the first to announce a resource from all that come after', async () => {
    const resource = port({ loadbalancer_id: uuidv4(), amphora_id: null }, 'octavia-lb-1');
    const told = await Promise.all([recordIntent(null, resource), recordIntent(null, resource)]);
    expect(told.sort()).toEqual(['known', 'new']);
    expect(await recordIntent(null, resource)).toBe('known');
  });

  it('keeps what is announced without an id until the cloud has answered', async () => {
    const owner = { loadbalancer_id: uuidv4(), amphora_id: null };
    const resource = port(owner, 'octavia-lb-1');
    await recordIntent(null, resource);
    expect(await listResources(owner)).toMatchObject([{ ...resource, resource_id: null }]);
    await recordResourceId(null, resource, 'port-1');
    await recordIntent(null, resource);
    expect(await listResources(owner)).toMatchObject([{ resource_id: 'port-1' }]);
  });

  it('forgets twice, and notes no id of what it has forgotten', async () => {
    const owner = { loadbalancer_id: uuidv4(), amphora_id: null };
    const resource = port(owner, 'octavia-lb-1');
    await recordIntent(null, resource);
    await forgetResource(null, resource);
    await forgetResource(null, resource);
    await recordResourceId(null, resource, 'port-1');
    expect(await listResources(owner)).toEqual([]);
  });

  it('lists what is of one amphora, or all of a load balancer', async () => {
    const loadbalancer_id = uuidv4();
    const [first, second] = [uuidv4(), uuidv4()];
    await recordIntent(null, port({ loadbalancer_id, amphora_id: first }, 'a'));
    await recordIntent(null, port({ loadbalancer_id, amphora_id: second }, 'b'));
    await recordIntent(null, port({ loadbalancer_id, amphora_id: null }, 'c'));
    const names = async (amphora_id: string | null) =>
      (await listResources({ loadbalancer_id, amphora_id })).map(({ name }) => name);
    expect(await names(first)).toEqual(['a']);
    expect(await names(null)).toEqual(['a', 'b', 'c']);
  });

  it('keeps a spare by itself', async () => {
    const owner = { loadbalancer_id: null, amphora_id: uuidv4() };
    await recordIntent(null, port(owner, 'a'));
    expect(await listResources(owner)).toHaveLength(1);
  });
});
