import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { describeApi } from '../../../../../local/docs/openapi.ts';
import { useTable } from '../../../../helpers/table.ts';
import { testApi } from '../support/api.ts';
import { SUBNET_V4 } from '../support/fake-network.ts';
import { inside, listed, type Workbench, workbench } from '../support/resources.ts';

/*
 * Every resource has one more field here, `dummy`: in its definition and in its row, and nowhere else. What the API does
 * with a field follows from these two.
 */

vi.mock('../../../../../lib/repositories/rows/base.ts', async (load) => {
  const rows = await load<typeof import('../../../../../lib/repositories/rows/base.ts')>();
  const dummy = z.string().default('as before');
  return {
    baseRow: { ...rows.baseRow, dummy },
    namedRow: { ...rows.namedRow, dummy },
    operatorsRow: { ...rows.operatorsRow, dummy },
  };
});

vi.mock('../../../../../functions/api/fields/resource.ts', async (load) => {
  const actual = await load<typeof import('../../../../../functions/api/fields/resource.ts')>();
  const { fieldsOf } = await import('../../../../../functions/api/fields/field.ts');
  const dummy = fieldsOf<{ readonly dummy: string }>().optional({
    attribute: 'dummy',
    input: z.string().meta({ description: 'in bodies' }),
    initial: () => 'default',
    shape: () => z.string().meta({ description: 'in answers' }),
  });
  type Define = (definition: { readonly fields: object }) => unknown;
  const withDummy =
    (define: object): Define =>
    (definition) =>
      Reflect.apply(Object(define), null, [{ ...definition, fields: { ...definition.fields, dummy } }]);
  return {
    ...actual,
    resourceOf: () => withDummy(actual.resourceOf()),
    resourceOn: (base: Parameters<typeof actual.resourceOn>[0]) => withDummy(actual.resourceOn(base)),
  };
});

beforeAll(useTable);

interface Resource {
  readonly wrapper: string;
  readonly plural: string;
  /** Its collection, for a new object. */
  readonly path: (bench: Workbench) => Promise<string>;
  /** What a new object must have. */
  readonly fields: (bench: Workbench) => Promise<object>;
}

const at = (path: string) => async () => path;
const L7_FIELDS = { type: 'PATH', compare_type: 'STARTS_WITH', value: '/' };
let port = 1;

const CHILDREN: Readonly<Record<string, Resource>> = {
  listener: {
    wrapper: 'listener',
    plural: 'listeners',
    path: at('listeners'),
    fields: async ({ loadBalancer: { id } }) => ({ loadbalancer_id: id, protocol: 'HTTP', protocol_port: port++ }),
  },
  pool: {
    wrapper: 'pool',
    plural: 'pools',
    path: at('pools'),
    fields: async ({ loadBalancer: { id } }) => ({
      loadbalancer_id: id,
      protocol: 'HTTP',
      lb_algorithm: 'ROUND_ROBIN',
    }),
  },
  member: {
    wrapper: 'member',
    plural: 'members',
    path: async (bench) => `pools/${(await bench.pool()).id}/members`,
    fields: async () => ({ address: '10.2.0.5', protocol_port: port++ }),
  },
  'health monitor': {
    wrapper: 'healthmonitor',
    plural: 'healthmonitors',
    path: at('healthmonitors'),
    fields: async (bench) => ({ pool_id: (await bench.pool()).id, type: 'TCP', delay: 5, timeout: 3, max_retries: 2 }),
  },
  'L7 policy': {
    wrapper: 'l7policy',
    plural: 'l7policies',
    path: at('l7policies'),
    fields: async (bench) => ({
      listener_id: (await bench.listener({ protocol_port: port++ })).id,
      action: 'REJECT',
    }),
  },
  'L7 rule': {
    wrapper: 'rule',
    plural: 'rules',
    path: async (bench) => {
      const { id } = await bench.listener({ protocol_port: port++ });
      return `l7policies/${(await bench.policy(id)).id}/rules`;
    },
    fields: async () => L7_FIELDS,
  },
};
const LOAD_BALANCER: Resource = {
  wrapper: 'loadbalancer',
  plural: 'loadbalancers',
  path: at('loadbalancers'),
  fields: async () => ({ vip_subnet_id: SUBNET_V4.id }),
};
const ALL = Object.entries({ ...CHILDREN, 'load balancer': LOAD_BALANCER });

const dryRun = z.object({
  objects: z.array(
    z.object({
      type: z.string(),
      object: z.looseObject({ dummy: z.unknown() }).nullable(),
      changes: z.record(z.string(), z.unknown()).nullable(),
    }),
  ),
});
const inDryRun = (body: Readonly<Record<string, unknown>>) => dryRun.parse(body.dry_run).objects.at(-1);

const creates = async (bench: Workbench, { wrapper, path, fields }: Resource) => {
  const [collection, mandatory] = [await path(bench), await fields(bench)];
  const post = (more: object, query = '') =>
    bench.call('POST', collection + query, { [wrapper]: { ...mandatory, ...more } });
  return { collection, post };
};

describe.each(ALL)('a field of a %s', (_name, resource) => {
  const { wrapper, plural } = resource;

  it('is in the answer to a POST as the body says, and at its default without it', async () => {
    const bench = await workbench();
    for (const [body, value] of [[{ dummy: 'mine' }, 'mine'] as const, [{}, 'default'] as const]) {
      const { post } = await creates(bench, resource);
      expect(inside(await post(body), wrapper)).toMatchObject({ dummy: value });
    }
  });

  it('is stored: GET shows it, and lists can be filtered and sorted by it', async () => {
    const bench = await workbench({}, { project_id: randomUUID() });
    const first = await creates(bench, resource);
    const { id } = inside(await first.post({ dummy: 'b' }), wrapper);
    const { collection } = first;
    const { fields } = resource;
    await bench.call('POST', collection, { [wrapper]: { ...(await fields(bench)), dummy: 'c' } });
    expect(inside(await bench.call('GET', `${collection}/${id}`), wrapper)).toMatchObject({ dummy: 'b' });
    const list = async (query: string) => listed(await bench.call('GET', `${collection}?${query}`), plural);
    expect((await list('dummy=b')).map((one) => one.id)).toEqual([id]);
    expect((await list('sort=dummy:desc&dummy=b&dummy=c')).map(({ dummy }) => dummy)).toEqual(['c', 'b']);
    expect(await list('fields=id&fields=dummy&dummy=b')).toEqual([{ id, dummy: 'b' }]);
  });
});

describe.each(Object.entries(CHILDREN))('a change of a %s', (_name, resource) => {
  const { wrapper } = resource;

  it('is in the dry run of a POST', async () => {
    const { post } = await creates(await workbench(), resource);
    expect(inDryRun((await post({ dummy: 'mine' }, '?dry_run=true')).body)?.object).toMatchObject({ dummy: 'mine' });
  });

  it('by PUT sets the field, keeps it where it is absent, and resets it where it is null', async () => {
    const bench = await workbench();
    const { collection, post } = await creates(bench, resource);
    const path = `${collection}/${inside(await post({ dummy: 'mine' }), wrapper).id}`;
    for (const [body, value] of [
      [{ dummy: 'other' }, 'other'] as const,
      [{ admin_state_up: false }, 'other'] as const,
      [{ dummy: null }, 'default'] as const,
    ]) {
      expect(inside(await bench.call('PUT', path, { [wrapper]: body }), wrapper)).toMatchObject({ dummy: value });
    }
    const { body } = await bench.call('PUT', `${path}?dry_run=true`, { [wrapper]: { dummy: 'third' } });
    expect(inDryRun(body)?.changes).toEqual({ dummy: { before: 'default', after: 'third' } });
  });
});

describe('a change of a load balancer', () => {
  const change = async (fields: object, query = '') => {
    const bench = await workbench();
    return await bench.call('PUT', `loadbalancers/${bench.loadBalancer.id}${query}`, { loadbalancer: fields });
  };

  it('by PUT sets the field, keeps it where it is absent, and resets it where it is null', async () => {
    expect(inside(await change({ dummy: 'other' }), 'loadbalancer')).toMatchObject({ dummy: 'other' });
    expect(inside(await change({ name: 'x' }), 'loadbalancer')).toMatchObject({ dummy: 'as before' });
    expect(inside(await change({ dummy: null }), 'loadbalancer')).toMatchObject({ dummy: 'default' });
    const { body } = await change({ dummy: 'third' }, '?dry_run=true');
    expect(inDryRun(body)?.changes).toEqual({ dummy: { before: 'as before', after: 'third' } });
  });
});

const OPERATORS_RESOURCES = [
  { plural: 'flavors', wrapper: 'flavor', profile: 'flavorprofiles', refers: 'flavor_profile_id' },
  {
    plural: 'availability_zones',
    wrapper: 'availability_zone',
    profile: 'availabilityzoneprofiles',
    refers: 'availability_zone_profile_id',
  },
  { plural: 'flavorprofiles', wrapper: 'flavorprofile', data: 'flavor_data' },
  { plural: 'availability_zone_profiles', wrapper: 'availability_zone_profile', data: 'availability_zone_data' },
] as const;

describe.each(OPERATORS_RESOURCES)('a field of a $wrapper', (resource) => {
  const { plural, wrapper } = resource;
  const path = plural.replaceAll('_', '');
  const shown = (body: Readonly<Record<string, unknown>>) => z.looseObject({ name: z.string() }).parse(body[wrapper]);
  const bench = () => {
    const api = testApi();
    const token = api.tokenFor('operators', 'admin');
    return (method: string, below: string, fields?: object) =>
      api.call(`/v2.0/lbaas/${below}`, { method, token, ...(fields === undefined ? {} : { body: fields }) });
  };
  const profile = (data: string) => ({ name: randomUUID(), provider_name: 'amphora', [data]: '{}' });
  const mandatory = async (call: ReturnType<typeof bench>) => {
    if ('data' in resource) return profile(resource.data);
    const [parent] = OPERATORS_RESOURCES.flatMap((one) =>
      'data' in one && one.plural.replaceAll('_', '') === resource.profile ? [one] : [],
    );
    if (parent === undefined) throw new Error(`${resource.profile} are not listed above`);
    const made = await call('POST', resource.profile, { [parent.wrapper]: profile(parent.data) });
    return { name: randomUUID(), [resource.refers]: inside(made, parent.wrapper).id };
  };
  const post = async (call: ReturnType<typeof bench>, fields: object, query = '') =>
    await call('POST', `${path}${query}`, { [wrapper]: { ...(await mandatory(call)), ...fields } });

  it('is in the answer to a POST as the body says, and at its default without it', async () => {
    const call = bench();
    expect(shown((await post(call, { dummy: 'mine' })).body)).toMatchObject({ dummy: 'mine' });
    expect(shown((await post(call, {})).body)).toMatchObject({ dummy: 'default' });
  });

  it('is stored: GET shows it, and lists can be filtered and sorted by it', async () => {
    const call = bench();
    const [b, c] = [`b-${randomUUID()}`, `c-${randomUUID()}`];
    const made = shown((await post(call, { dummy: b })).body);
    await post(call, { dummy: c });
    const key = String(made.id ?? made.name);
    expect(shown((await call('GET', `${path}/${key}`)).body)).toMatchObject({ dummy: b });
    const list = async (query: string) => (await call('GET', `${path}?${query}`)).body[plural];
    expect(await list(`fields=dummy&sort=dummy:desc&dummy=${b}&dummy=${c}`)).toEqual([{ dummy: c }, { dummy: b }]);
    expect(await list(`fields=name&fields=dummy&dummy=${b}`)).toEqual([{ name: made.name, dummy: b }]);
  });

  it('is set by PUT, kept where it is absent, and reset where it is null', async () => {
    const call = bench();
    const made = shown((await post(call, { dummy: 'mine' })).body);
    const one = `${path}/${String(made.id ?? made.name)}`;
    for (const [fields, value] of [
      [{ dummy: 'other' }, 'other'] as const,
      [{}, 'other'] as const,
      [{ dummy: null }, 'default'] as const,
    ]) {
      expect(shown((await call('PUT', one, { [wrapper]: fields })).body)).toMatchObject({ dummy: value });
    }
    const { body } = await call('PUT', `${one}?dry_run=true`, { [wrapper]: { dummy: 'third' } });
    expect(inDryRun(body)?.changes).toEqual({ dummy: { before: 'default', after: 'third' } });
  });

  it('is in the dry run of a POST', async () => {
    const { body } = await post(bench(), { dummy: 'mine' }, '?dry_run=true');
    expect(inDryRun(body)?.object).toMatchObject({ dummy: 'mine' });
  });
});

describe('a field of what is written together with others', () => {
  it('is set by a batch of members, and goes back to its default in one that leaves it out', async () => {
    const bench = await workbench();
    const { id } = await bench.pool();
    const member = { address: '10.2.0.9', protocol_port: 80 };
    for (const [fields, dummy] of [[{ dummy: 'mine' }, 'mine'] as const, [{}, 'default'] as const]) {
      await bench.call('PUT', `pools/${id}/members`, { members: [{ ...member, ...fields }] });
      expect(listed(await bench.call('GET', `pools/${id}/members`), 'members')).toMatchObject([{ dummy }]);
    }
  });

  it('is set for everything that comes with a load balancer, and shown in its answer', async () => {
    const bench = await workbench();
    const dummy = 'mine';
    const rule = { ...L7_FIELDS, dummy };
    const policy = { action: 'REJECT', rules: [rule], dummy };
    const pool = {
      ...{ name: 'p', protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN', dummy },
      members: [{ address: '10.2.0.5', protocol_port: 80, dummy }],
      healthmonitor: { type: 'TCP', delay: 5, timeout: 3, max_retries: 2, dummy },
    };
    const listener = { protocol: 'HTTP', protocol_port: 80, default_pool: pool, l7policies: [policy], dummy };
    const fields = { vip_subnet_id: SUBNET_V4.id, listeners: [listener], dummy };
    const answer = await bench.call('POST', 'loadbalancers', { loadbalancer: fields });
    expect(inside(answer, 'loadbalancer')).toMatchObject({
      dummy,
      listeners: [{ dummy, l7policies: [{ dummy, rules: [{ dummy }] }] }],
      pools: [{ dummy, members: [{ dummy }], healthmonitor: { dummy } }],
    });
  });
});

describe('the description of the API', () => {
  const schemas = z.record(z.string(), z.looseObject({ properties: z.record(z.string(), z.unknown()).optional() }));
  const described = z.object({
    paths: z.record(z.string(), z.record(z.string(), z.looseObject({ requestBody: z.unknown().optional() }))),
    components: z.object({ schemas }),
  });
  const collections = [
    ...['loadbalancers', 'listeners', 'pools', 'healthmonitors', 'l7policies'],
    ...['pools/{pool_id}/members', 'l7policies/{l7policy_id}/rules'],
    ...['flavors', 'flavorprofiles', 'availabilityzones', 'availabilityzoneprofiles'],
  ];

  it('has the field in each POST and PUT, and in each answer', async () => {
    const { api } = await workbench();
    const { paths, components } = described.parse(describeApi(api.routes));
    const takes = (method: string, path: string) =>
      JSON.stringify(paths[`/v2.0/lbaas/${path}`]?.[method]?.requestBody).includes('"description":"in bodies"');
    expect(collections.filter((path) => !takes('post', path))).toEqual([]);
    expect(collections.filter((path) => !takes('put', `${path}/{id}`))).toEqual([]);
    const shown = Object.keys(components.schemas).filter((name) => components.schemas[name]?.properties?.dummy);
    const below = ['Listener', 'Pool', 'Member', 'HealthMonitor', 'L7Policy', 'L7Rule'];
    const ofOperators = ['Flavor', 'FlavorProfile', 'AvailabilityZone', 'AvailabilityZoneProfile'];
    expect(shown).toEqual(expect.arrayContaining(['LoadBalancer', ...below, ...ofOperators]));
  });
});
