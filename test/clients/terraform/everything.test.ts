import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { StandInCloud } from '../../../local/cloud/cloud.ts';
import { signIn } from '../../flows/support/sign-in.ts';
import { unless } from '../../helpers/needs.ts';
import { useStack } from '../../helpers/stack.ts';
import { addZone } from '../flavors-and-zones.ts';
import { preparedTools } from '../tools.ts';
import { FIXED, importIdOf, isLoadBalancing, neverChanged, neverSet, sharedValues } from './attributes.ts';
import { changesOf, openTerraform, type Plan, type Resource, type Terraform } from './terraform.ts';

const { terraform: tool } = preparedTools();
const TYPES = Object.keys(FIXED);

unless(tool.missing).describe('Terraform, with all that its provider has for load balancers', () => {
  const stack = useStack();
  let folder = '';
  let terraform: Terraform;
  let cloud: StandInCloud;
  let schema: Awaited<ReturnType<Terraform['schema']>>;
  let resources: readonly Resource[];
  let changed: Plan;
  let portsBefore: readonly string[];

  const ports = () => [...cloud.state.ports.keys()].sort();

  const variables = () => {
    const { facts } = cloud;
    return {
      tenant: 'alice',
      operator: 'admin',
      region: facts.region,
      project: facts.projects['project-a'] ?? '',
      quota_project: facts.projects['project-b'] ?? '',
      vip_network: facts.vipNetworkId,
      vip_subnet: facts.vipSubnetId,
      vip_address: facts.vipCidr.replace(/\.0\/24$/, '.77'),
      member_subnet: facts.memberSubnetId,
      qos_policy: facts.qosPolicyId,
      zone: 'here',
      certificates: join(import.meta.dirname, '../../fixtures/certificates'),
    };
  };

  beforeAll(async () => {
    if (tool.missing !== null) return;
    const { cloud: standIn, cloudsFile } = stack();
    if (standIn === null || cloudsFile === null) throw new Error('the stack has no stand-in cloud');
    cloud = standIn;
    // The provider has no resource for zones.
    await addZone(stack(), 'here');
    portsBefore = ports();
    folder = await mkdtemp(join(tmpdir(), 'terraform-'));
    terraform = await openTerraform({
      ...tool,
      configuration: join(import.meta.dirname, 'everything'),
      folder,
      cloudsFile,
      variables: variables(),
    });
    schema = await terraform.schema();
  });
  afterAll(async () => {
    if (folder !== '') await rm(folder, { recursive: true, force: true });
  });

  const plan = (stage: string): Promise<Plan> => terraform.plan({ stage });

  it('has a resource of every type, and every data source', async () => {
    const { configuration } = await plan('set');
    const used = (mode: string) =>
      configuration.root_module.resources.filter((one) => one.mode === mode && isLoadBalancing(one.type));
    const types = (mode: string) => [...new Set(used(mode).map(({ type }) => type))].sort();
    expect(types('managed')).toEqual(Object.keys(schema.resources).filter(isLoadBalancing).sort());
    expect(types('managed')).toEqual([...TYPES].sort());
    expect(types('data')).toEqual(Object.keys(schema.dataSources).filter(isLoadBalancing).sort());
  });

  it('creates all of it, ten things at once', async () => {
    await terraform.apply();
    resources = await terraform.resources();
  });

  it('finds no difference to what it has set', async () => {
    expect(changesOf(await plan('set'))).toEqual([]);
  });

  it.each(TYPES)('has set every attribute of %s', (type) => {
    expect(neverSet(type, schema.resources[type] ?? [], resources)).toEqual([]);
  });

  it('finds with each data source what the resource has', () => {
    const sources = resources.filter(({ mode, type }) => mode === 'data' && isLoadBalancing(type));
    expect(sources.length).toBeGreaterThan(8);
    for (const { address, type, values } of sources) {
      const managed = resources.find(
        (other) =>
          other.mode === 'managed' &&
          other.type === type.replace('openstack_loadbalancer_', 'openstack_lb_') &&
          other.values.id === values.id,
      );
      expect(managed, address).toBeDefined();
      expect({ address, ...sharedValues(values, managed?.values) }).toEqual({
        address,
        ...sharedValues(managed?.values, values),
      });
    }
  });

  it('finds with a data source what hangs on a resource', () => {
    const idsOf = (pattern: RegExp) =>
      resources.filter(({ address }) => pattern.test(address)).map(({ values }) => ({ id: values.id }));
    const told = (address: string) => resources.find((one) => one.address === address)?.values;
    const unordered = (items: readonly unknown[]) => ({
      items: expect.arrayContaining([...items]),
      count: items.length,
    });
    const list = (items: unknown) => (Array.isArray(items) ? { items, count: items.length } : items);
    const web = told('data.openstack_lb_loadbalancer_v2.web');
    expect(list(web?.listeners)).toEqual(unordered(idsOf(/^openstack_lb_listener_v2\.(http|secure)$/)));
    expect(list(web?.pools)).toEqual(unordered(idsOf(/^openstack_lb_pool_v2\.(cookie|tls)$/)));
    const listener = told('data.openstack_lb_listener_v2.http');
    expect(list(listener?.l7policies)).toEqual(unordered(idsOf(/^openstack_lb_l7policy_v2\.(to_pool|turn|prefix)$/)));
    expect(listener?.loadbalancers).toEqual(idsOf(/^openstack_lb_loadbalancer_v2\.web$/));
    const pool = told('data.openstack_lb_pool_v2.cookie');
    expect(pool?.healthmonitor_id).toBe(told('openstack_lb_monitor_v2.full')?.id);
    expect(pool?.session_persistence).toMatchObject([{ type: 'APP_COOKIE', cookie_name: 'session' }]);
  });

  it('imports each of them, and finds no difference', async () => {
    const all = resources.filter(({ mode, type }) => mode === 'managed' && isLoadBalancing(type));
    // The provider takes a pool that a listener names for one that was made for the listener.
    const ours = all.filter(({ address }) => !/lb_pool_v2\.(cookie|tls)$/.test(address));
    expect(new Set(ours.map(({ type }) => type)).size).toBe(TYPES.length);
    await terraform.forget(ours.map(({ address }) => address));
    const blocks = ours.map((one) => `import {\n  to = ${one.address}\n  id = ${JSON.stringify(importIdOf(one))}\n}\n`);
    await writeFile(join(folder, 'import.tf'), blocks.join('\n'));
    const planned = await plan('set');
    await rm(join(folder, 'import.tf'));
    expect(planned.resource_changes.filter(({ change }) => change.importing !== undefined)).toHaveLength(ours.length);
    expect(changesOf(planned)).toEqual([]);
    await terraform.apply();
    expect(changesOf(await plan('set'))).toEqual([]);
  });

  it('would change them in place', async () => {
    changed = await plan('changed');
    expect(changesOf(changed).filter((change) => !change.startsWith('update '))).toEqual([]);
  });

  it.each(TYPES)('would change every attribute of %s that can be', (type) => {
    expect(neverChanged(type, schema.resources[type] ?? [], changed)).toEqual([]);
  });

  it('changes them, and finds no difference', async () => {
    await terraform.apply();
    expect(changesOf(await plan('changed'))).toEqual([]);
  });

  it('takes back what need not be set, and finds no difference', async () => {
    expect(changesOf(await plan('plain')).filter((change) => !change.startsWith('update '))).toEqual([]);
    await terraform.apply();
    expect(changesOf(await plan('plain'))).toEqual([]);
  });

  it('destroys all of it', async () => {
    await terraform.destroy({ stage: 'plain' });
    const admin = await signIn(stack(), 'admin', 'admin');
    const lists = ['loadbalancers', 'listeners', 'pools', 'healthmonitors', 'l7policies', 'flavors', 'flavorprofiles'];
    for (const list of lists) {
      expect(await admin.call('GET', list)).toMatchObject({ status: 200, body: { [list]: [] } });
    }
    expect(ports()).toEqual(portsBefore);
  });
});
