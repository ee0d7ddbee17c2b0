import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { StandInCloud } from '../../../../../local/cloud/cloud.ts';
import { anonymous, type Caller, callerAs, eventually, testCloud } from '../helpers.ts';

describe('faults', () => {
  let cloud: StandInCloud;
  let octavia: Caller;

  const server = () => ({
    server: {
      name: 'x',
      imageRef: cloud.facts.imageId,
      flavorRef: cloud.facts.flavorId,
      networks: [{ uuid: cloud.facts.managementNetworkId }],
    },
  });
  const create = () => octavia('POST', '/compute/v2.1/servers', server());
  const group = (name: string) => octavia('POST', '/network/v2.0/security-groups', { security_group: { name } });
  const count = async (name: string) => {
    const { body } = await octavia('GET', `/network/v2.0/security-groups?name=${name}`);
    return JSON.stringify(body).split('"stateful"').length - 1;
  };

  beforeAll(async () => {
    cloud = await testCloud();
    octavia = await callerAs(cloud, 'octavia', 'service');
  });
  afterEach(() => cloud.faults.clear());
  afterAll(() => cloud.stop());

  it('answer in place of the service, so many times', async () => {
    cloud.faults.add({ service: 'network', path: '/ports$', status: 503, body: { down: true }, times: 2 });
    expect((await octavia('GET', '/network/v2.0/ports')).status).toBe(503);
    expect((await octavia('GET', '/network/v2.0/networks')).status).toBe(200);
    expect(await octavia('GET', '/network/v2.0/ports')).toMatchObject({ status: 503, body: { down: true } });
    expect((await octavia('GET', '/network/v2.0/ports')).status).toBe(200);
  });

  it('cut the connection before the work, or after it', async () => {
    cloud.faults.add({ service: 'network', method: 'POST', drop: 'before', times: 1 });
    await expect(group('cut-before')).rejects.toThrow();
    expect(await count('cut-before')).toBe(0);
    cloud.faults.add({ service: 'network', method: 'POST', drop: 'after', times: 1 });
    await expect(group('cut-after')).rejects.toThrow();
    expect(await count('cut-after')).toBe(1);
  });

  it('delay', async () => {
    cloud.faults.add({ service: 'image', delayMs: 60, times: 1 });
    const before = performance.now();
    expect((await octavia('GET', '/image/v2/images')).status).toBe(200);
    expect(performance.now() - before).toBeGreaterThan(50);
  });

  it('delay until they are forgotten, and then do what they were to do', async () => {
    cloud.faults.add({ service: 'network', method: 'POST', delayMs: 60_000, status: 503, times: 1 });
    const answer = group('late');
    await eventually(() => cloud.faults.rules().length === 0);
    cloud.faults.clear();
    expect((await answer).status).toBe(503);
    expect((await group('later')).status).toBe(201);
  });

  it('let the next server end in ERROR with a text, and no other', async () => {
    cloud.faults.failNextServer('no room');
    const made = [await create(), await create()];
    expect(made.map(({ status }) => status)).toEqual([202, 202]);
    await eventually(() => [...cloud.state.servers.values()].every(({ status }) => status !== 'BUILD'));
    const states = [...cloud.state.servers.values()].map(({ status, fault }) => [status, fault?.message]);
    expect(states).toEqual([
      ['ERROR', 'no room'],
      ['ACTIVE', undefined],
    ]);
    expect([...cloud.state.ports.values()]).toHaveLength(1);
  });

  it('let the next server stay in BUILD, which can be deleted', async () => {
    cloud.faults.stallNextServer();
    const { body } = await create();
    const { id } = z.object({ server: z.object({ id: z.string() }) }).parse(body).server;
    expect((await create()).status).toBe(202);
    await eventually(() => [...cloud.state.servers.values()].at(-1)?.status === 'ACTIVE');
    expect(cloud.state.servers.get(id)?.status).toBe('BUILD');
    await octavia('DELETE', `/compute/v2.1/servers/${id}`);
    await eventually(() => !cloud.state.servers.has(id));
  });

  it('let Nova refuse for quota', async () => {
    cloud.faults.refuseServers(1);
    expect(await create()).toMatchObject({ status: 403, body: { forbidden: { code: 403 } } });
    expect((await create()).status).toBe(202);
  });

  it('are set, shown and forgotten over HTTP', async () => {
    const call = anonymous(cloud);
    const rules = [{ service: 'compute', status: 500 }];
    expect(await call('PUT', '/_faults', { rules, failNextServers: ['x'] })).toMatchObject({
      status: 200,
      body: { rules },
    });
    expect(await call('GET', '/_faults')).toMatchObject({ body: { rules } });
    expect((await octavia('GET', '/compute/v2.1/servers')).status).toBe(500);
    expect((await call('DELETE', '/_faults')).status).toBe(204);
    expect((await octavia('GET', '/compute/v2.1/servers')).status).toBe(200);
    expect((await call('PUT', '/_faults', { rules: [{ status: 'x' }] })).status).toBe(400);
    expect((await call('PUT', '/_faults', { crash: ['nobody'] })).status).toBe(404);
  });
});
