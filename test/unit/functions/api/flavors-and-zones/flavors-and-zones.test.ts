import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { useTable } from '../../../../helpers/table.ts';
import { type TestApi, testApi } from '../support/api.ts';
import { NETWORK_ID } from '../support/fake-network.ts';
import { faultOf } from '../support/read.ts';

beforeAll(useTable);

const lbaas = (path: string) => `/v2.0/lbaas/${path}`;

const KINDS = [
  {
    kind: 'flavors',
    wrapper: 'flavor',
    title: 'Flavor',
    profileTitle: 'Flavor profile',
    missingTitle: 'Flavor Profile',
    profiles: 'flavorprofiles',
    profileWrapper: 'flavorprofile',
    links: 'flavorprofile_links',
    dataField: 'flavor_data',
    profileField: 'flavor_profile_id',
    data: { loadbalancer_topology: 'ACTIVE_STANDBY', compute_flavor: 'large', amp_image_tag: 'next' },
  },
  {
    kind: 'availabilityzones',
    wrapper: 'availability_zone',
    title: 'Availability Zone',
    profileTitle: 'Availability Zone Profile',
    missingTitle: 'Availability Zone Profile',
    profiles: 'availabilityzoneprofiles',
    profileWrapper: 'availability_zone_profile',
    links: 'availability_zone_profile_links',
    dataField: 'availability_zone_data',
    profileField: 'availability_zone_profile_id',
    data: { compute_zone: 'east', management_network: NETWORK_ID, valid_vip_networks: [NETWORK_ID] },
  },
] as const;
type Kind = (typeof KINDS)[number];

/** An administrator's and a tenant's calls. */
const callers = (api: TestApi = testApi()) => {
  const tokens = { admin: api.tokenFor('operators', 'admin'), tenant: api.tokenFor(randomUUID(), 'member') };
  const as = (token: string) => (method: string, path: string, body?: unknown) =>
    api.call(lbaas(path), { method, token, ...(body === undefined ? {} : { body }) });
  return { admin: as(tokens.admin), tenant: as(tokens.tenant) };
};

const idOf = (found: unknown): string => {
  if (typeof found === 'object' && found !== null && 'id' in found) return String(found.id);
  throw new Error(`${JSON.stringify(found)} has no id`);
};

const madeProfile = async ({ admin }: ReturnType<typeof callers>, kind: Kind, data: object = kind.data) => {
  const fields = { name: 'p', provider_name: 'amphora', [kind.dataField]: JSON.stringify(data) };
  const answer = await admin('POST', kind.profiles, { [kind.profileWrapper]: fields });
  expect(answer).toMatchObject({ status: 201, body: { [kind.profileWrapper]: fields } });
  return idOf(answer.body[kind.profileWrapper]);
};

describe.each(KINDS)('$kind', (kind) => {
  it('are made once for an idempotency key, and so are their profiles', async () => {
    const api = testApi();
    const token = api.tokenFor('operators', 'admin');
    const post = (path: string, body: object) =>
      api.call(lbaas(path), { method: 'POST', token, headers: { 'x-idempotency-key': randomUUID() }, body });
    const twice = async (path: string, body: object) => {
      const headers = { 'x-idempotency-key': randomUUID() };
      const ask = () => api.call(lbaas(path), { method: 'POST', token, headers, body });
      const answers = await Promise.all([ask(), ask()]);
      answers.push(await ask());
      expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
      expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
      return answers[0]?.body ?? {};
    };
    const profile = { name: 'p', provider_name: 'amphora', [kind.dataField]: JSON.stringify(kind.data) };
    const made = await twice(kind.profiles, { [kind.profileWrapper]: profile });
    const fields = { name: `once-${randomUUID()}`, [kind.profileField]: idOf(made[kind.profileWrapper]) };
    await twice(kind.kind, { [kind.wrapper]: fields });
    expect((await post(kind.kind, { [kind.wrapper]: fields })).status).toBe(409);
  });

  const made = async (by: ReturnType<typeof callers>, fields: object = {}) => {
    const profileId = await madeProfile(by, kind);
    const name = `n-${randomUUID()}`;
    const body = { [kind.wrapper]: { name, [kind.profileField]: profileId, ...fields } };
    const answer = await by.admin('POST', kind.kind, body);
    expect(answer.status).toBe(201);
    const path = kind.kind === 'flavors' ? `flavors/${idOf(answer.body.flavor)}` : `availabilityzones/${name}`;
    return { name, profileId, path, answer };
  };

  it('are created, shown to tenants, changed, reset and deleted', async () => {
    const by = callers();
    const { name, profileId, path, answer } = await made(by, { description: 'fast' });
    const shown = { name, description: 'fast', enabled: true, [kind.profileField]: profileId };
    expect(answer.body[kind.wrapper]).toEqual(kind.kind === 'flavors' ? { ...shown, id: expect.any(String) } : shown);
    expect((await by.tenant('GET', path)).body).toEqual(answer.body);
    const changed = await by.admin('PUT', path, { [kind.wrapper]: { description: null, enabled: false } });
    expect(changed).toMatchObject({ status: 200, body: { [kind.wrapper]: { name, description: '', enabled: false } } });
    expect((await by.tenant('GET', `${path}?fields=enabled`)).body).toEqual({ [kind.wrapper]: { enabled: false } });
    expect((await by.admin('DELETE', path)).status).toBe(204);
    expect(await by.tenant('GET', path)).toMatchObject({ status: 404 });
    expect(await by.admin('DELETE', path)).toMatchObject({ status: 404 });
  });

  it('are listed by name, by profile and by whether they are enabled, page by page', async () => {
    const by = callers();
    const [one, other] = [await made(by), await made(by, { enabled: false })];
    const names = async (query: string) => {
      const { body } = await by.tenant('GET', `${kind.kind}?${query}`);
      return Object.values(body)
        .flat()
        .flatMap((item) => (typeof item === 'object' && item !== null && 'name' in item ? [item.name] : []));
    };
    expect(await names(`name=${one.name}`)).toEqual([one.name]);
    expect(await names(`${kind.profileField}=${other.profileId}`)).toEqual([other.name]);
    expect(await names(`name=${other.name}&enabled=true`)).toEqual([]);
    expect(await names('enabled=False')).toContain(other.name);
    const both = `name=${one.name}&name=${other.name}&sort=name`;
    const [first, second] = [one.name, other.name].sort();
    const page = await by.tenant('GET', `${kind.kind}?${both}&limit=1`);
    expect(await names(`${both}&limit=1`)).toEqual([first]);
    const links = Object.entries(page.body).find(([key]) => key.endsWith('_links'))?.[1];
    const next = JSON.stringify(links).match(/marker=([^"&]+)/)?.[1];
    expect(await names(`${both}&limit=1&marker=${next}`)).toEqual([second]);
  });

  it('are of one name each', async () => {
    const by = callers();
    const { name, profileId } = await made(by);
    const again = await by.admin('POST', kind.kind, { [kind.wrapper]: { name, [kind.profileField]: profileId } });
    expect([again.status, faultOf(again)]).toEqual([409, `A ${kind.title.toLowerCase()} of ${name} already exists.`]);
  });

  it('need a profile that is there, and a name', async () => {
    const { admin } = callers();
    const missing = randomUUID();
    const post = (fields: object) => admin('POST', kind.kind, { [kind.wrapper]: fields });
    const answer = await post({ name: 'n', [kind.profileField]: missing });
    expect([answer.status, faultOf(answer)]).toEqual([400, `${kind.profileTitle} ${missing} not found.`]);
    expect(faultOf(await post({ name: '', [kind.profileField]: missing }))).toContain('minimum character requirement');
    expect(faultOf(await post({ name: 'n' }))).toContain(`field/attribute ${kind.profileField}`);
    const looked = await admin('GET', `${kind.profiles}/${missing}`);
    expect([looked.status, faultOf(looked)]).toEqual([404, `${kind.missingTitle} ${missing} not found.`]);
    const unknown = await post({ name: 'n', [kind.profileField]: missing, colour: 'red' });
    expect(faultOf(unknown)).toBe(`Unknown attribute for argument ${kind.wrapper}_.${kind.wrapper}: colour`);
  });

  it('are made, changed and removed by administrators alone, and so are all things of their profiles', async () => {
    const by = callers();
    const { path, profileId } = await made(by);
    const profile = `${kind.profiles}/${profileId}`;
    const newProfile = { name: 'p', provider_name: 'amphora', [kind.dataField]: JSON.stringify(kind.data) };
    const refused = await Promise.all([
      by.tenant('POST', kind.kind, { [kind.wrapper]: { name: 'other', [kind.profileField]: profileId } }),
      by.tenant('PUT', path, { [kind.wrapper]: { enabled: false } }),
      by.tenant('DELETE', path),
      by.tenant('GET', kind.profiles),
      by.tenant('GET', profile),
      by.tenant('POST', kind.profiles, { [kind.profileWrapper]: newProfile }),
      by.tenant('PUT', profile, { [kind.profileWrapper]: { name: 'x' } }),
      by.tenant('DELETE', profile),
    ]);
    expect(refused.map(({ status }) => status)).toEqual(Array(8).fill(403));
    expect((await by.tenant('GET', path)).body).toMatchObject({ [kind.wrapper]: { enabled: true } });
  });

  it('keep their profiles as they are', async () => {
    const by = callers();
    const { path, profileId } = await made(by);
    const profile = `${kind.profiles}/${profileId}`;
    const inUse = `${kind.profileTitle} ${profileId} is in use and cannot be modified.`;
    const put = (fields: object) => by.admin('PUT', profile, { [kind.profileWrapper]: fields });
    for (const answer of [
      await by.admin('DELETE', profile),
      await put({ [kind.dataField]: '{}' }),
      await put({ provider_name: 'octavia' }),
    ]) {
      expect([answer.status, faultOf(answer)]).toEqual([409, inUse]);
    }
    expect(await put({ name: 'renamed' })).toMatchObject({ body: { [kind.profileWrapper]: { name: 'renamed' } } });
    await by.admin('DELETE', path);
    expect(await put({ [kind.dataField]: '{}', provider_name: 'octavia' })).toMatchObject({
      status: 200,
      body: { [kind.profileWrapper]: { name: 'renamed', provider_name: 'octavia', [kind.dataField]: '{}' } },
    });
    expect((await by.admin('DELETE', profile)).status).toBe(204);
    expect(await by.admin('GET', profile)).toMatchObject({ status: 404 });
  });

  it('have profiles that are listed', async () => {
    const by = callers();
    const id = await madeProfile(by, kind);
    const shown = { id, name: 'p', provider_name: 'amphora', [kind.dataField]: JSON.stringify(kind.data) };
    expect((await by.admin('GET', `${kind.profiles}?id=${id}`)).body).toEqual({
      [`${kind.profileWrapper}s`]: [shown],
      [kind.links]: [],
    });
    expect((await by.admin('GET', `${kind.profiles}/${id}`)).body).toEqual({ [kind.profileWrapper]: shown });
  });

  it.each([
    ['{', 400, `{ is not a valid option for ${kind.dataField}`],
    ['[]', 501, "[] is not of type 'object'"],
    ['{"colour": "red"}', 501, "Additional properties are not allowed ('colour' was unexpected)"],
  ])('have profiles whose data %s is refused', async (data, status, text) => {
    const { admin } = callers();
    const fields = { name: 'p', provider_name: 'amphora', [kind.dataField]: data };
    const answer = await admin('POST', kind.profiles, { [kind.profileWrapper]: fields });
    expect([answer.status, faultOf(answer)]).toEqual([status, expect.stringContaining(text)]);
  });

  it('have profiles whose fields cannot be taken away', async () => {
    const by = callers();
    const id = await madeProfile(by, kind);
    for (const field of ['name', 'provider_name', kind.dataField]) {
      const answer = await by.admin('PUT', `${kind.profiles}/${id}`, { [kind.profileWrapper]: { [field]: null } });
      expect([answer.status, faultOf(answer)]).toEqual([400, `None is not a valid option for ${field}`]);
    }
  });

  it('have profiles of a provider that is enabled', async () => {
    const { admin } = callers();
    const fields = { name: 'p', provider_name: 'f5', [kind.dataField]: '{}' };
    const answer = await admin('POST', kind.profiles, { [kind.profileWrapper]: fields });
    expect([answer.status, faultOf(answer)]).toEqual([400, "Provider 'f5' is not enabled."]);
  });
});

describe('the data of a profile', () => {
  const [flavors, zones] = KINDS;
  const UNKNOWN = '11111111-2222-4333-8444-555555555555';
  const refusal = async (kind: Kind, data: object) => {
    const fields = { name: 'p', provider_name: 'amphora', [kind.dataField]: JSON.stringify(data) };
    const answer = await callers().admin('POST', kind.profiles, { [kind.profileWrapper]: fields });
    return [answer.status, faultOf(answer)];
  };
  const unsupported = (text: string) => [501, `Provider 'amphora' does not support a requested option: ${text}`];

  it.each([
    [{ loadbalancer_topology: 'TRIPLE' }, "loadbalancer_topology 'TRIPLE' is not one of ['SINGLE', 'ACTIVE_STANDBY']"],
    [{ compute_flavor: 5 }, "compute_flavor 5 is not of type 'string'"],
    [{ amp_image_tag: '' }, "amp_image_tag '' is too short"],
    [{ sriov_vip: true }, 'sriov_vip'],
    [{ allow_member_sriov: true }, 'allow_member_sriov'],
  ])('of a flavor is refused when it is %j', async (data, text) => {
    expect(await refusal(flavors, data)).toEqual(unsupported(text));
  });

  it.each([
    [{ valid_vip_networks: NETWORK_ID }, `valid_vip_networks '${NETWORK_ID}' is not of type 'array'`],
    [{ volume_zone: 'east' }, 'volume_zone'],
  ])('of an availability zone is refused when it is %j', async (data, text) => {
    expect(await refusal(zones, data)).toEqual(unsupported(text));
  });

  it('names only what the cloud has', async () => {
    expect(await refusal(flavors, { compute_flavor: 'tiny' })).toEqual([400, 'Nova flavor tiny not found.']);
    expect(await refusal(flavors, { amp_image_tag: 'old' })).toEqual([400, 'Image with tag old not found.']);
    expect(await refusal(zones, { compute_zone: 'west' })).toEqual([400, 'Nova availability zone west not found.']);
    const missing = [400, `Network ${UNKNOWN} not found.`];
    expect(await refusal(zones, { management_network: UNKNOWN })).toEqual(missing);
    expect(await refusal(zones, { valid_vip_networks: [NETWORK_ID, UNKNOWN] })).toEqual(missing);
  });

  it('may say that it does not want what is not to be had', async () => {
    await madeProfile(callers(), flavors, { sriov_vip: false, allow_member_sriov: false });
  });
});

describe('the capabilities of a provider', () => {
  it.each([
    ['flavor_capabilities', ['loadbalancer_topology', 'compute_flavor', 'amp_image_tag']],
    ['availability_zone_capabilities', ['compute_zone', 'management_network', 'valid_vip_networks']],
  ])('are %s', async (plural, names) => {
    const { admin, tenant } = callers();
    const { body } = await admin('GET', `providers/amphora/${plural}`);
    expect(body[plural]).toEqual(
      expect.arrayContaining(names.map((name) => ({ name, description: expect.stringMatching(/\.$/) }))),
    );
    expect(body[plural]).toHaveLength(names.length);
    expect((await admin('GET', `providers/octavia/${plural}?name=${names[1]}&fields=name`)).body[plural]).toEqual([
      { name: names[1] },
    ]);
    expect(await admin('GET', `providers/f5/${plural}`)).toMatchObject({ status: 400 });
    expect(await tenant('GET', `providers/amphora/${plural}`)).toMatchObject({ status: 403 });
  });
});
