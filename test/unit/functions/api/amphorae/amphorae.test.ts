import { randomUUID } from 'node:crypto';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { commitNewAmphora, newAmphora } from '../../../../../lib/repositories/fleet/amphora-commits.ts';
import { amphoraRows } from '../../../../../lib/repositories/fleet/amphorae.ts';
import { putGovernor, putReceiver } from '../../../../../lib/repositories/health/receivers.ts';
import { documents, tableName } from '../../../../../lib/repositories/table/client.ts';
import { statisticsKey } from '../../../../../lib/repositories/table/keys.ts';
import { transact } from '../../../../../lib/repositories/table/transact.ts';
import { useTable } from '../../../../helpers/table.ts';
import { testApi } from '../support/api.ts';
import { faultOf } from '../support/read.ts';
import { inside, listed, workbench } from '../support/resources.ts';

beforeAll(useTable);

const PATH = '/v2.0/octavia/amphorae';

const spare = async (): Promise<string> => {
  const id = randomUUID();
  await commitNewAmphora(id, {
    flow: 'create-amphora',
    requester: { user_id: 't', project_id: null, request_id: null },
  });
  return id;
};

describe('amphorae', () => {
  it('are shown and listed to operators only', async () => {
    const api = testApi();
    const [admin, member] = [api.tokenFor('p', 'admin'), api.tokenFor('p', 'member')];
    const id = await spare();
    const shown = inside(await api.call(`${PATH}/${id}`, { token: admin }), 'amphora');
    expect(shown).toMatchObject({ id, loadbalancer_id: null, status: 'PENDING_CREATE', cert_busy: false });
    expect(listed(await api.call(`${PATH}?id=${id}`, { token: admin }), 'amphorae')).toEqual([shown]);
    for (const path of [PATH, `${PATH}/${id}`]) expect((await api.call(path, { token: member })).status).toBe(403);
  });

  it('are filtered by the project of their load balancer', async () => {
    const [{ api, loadBalancer }, other] = [await workbench(), await workbench()];
    const id = randomUUID();
    await transact(amphoraRows(newAmphora(id, loadBalancer.id)));
    const of = async (project: string) => {
      const token = api.tokenFor('p', 'admin');
      return listed(await api.call(`${PATH}?project_id=${project}`, { token }), 'amphorae');
    };
    const found = await of(loadBalancer.project_id);
    expect(found).toMatchObject([{ id }]);
    expect(found[0]).not.toHaveProperty('project_id');
    expect(await of(other.loadBalancer.project_id)).toEqual([]);
  });

  it('have their receivers shown to operators, with the storms they see', async () => {
    const api = testApi();
    const word = { started_at: '2026-01-01T00:00:00.000Z', amphorae: 7, datagrams: { accepted: 3, 'bad-mac': 1 } };
    const now = new Date().toISOString();
    await putReceiver({ ...word, id: 'well', seen_at: now, healthy_since: now });
    await putReceiver({ ...word, id: 'gone', seen_at: '2026-01-01T00:00:00.000Z', healthy_since: now });
    const storm = { zone: 'east', since: now, silent: 12, known: 40 };
    await putGovernor({ storms: [storm], doubts_observer: false }, new Date(Date.now() + 60_000).toISOString());
    const answer = await api.call('/v2.0/octavia/health', { token: api.tokenFor('p', 'admin') });
    const words = z
      .object({ health: z.object({ receivers: z.array(z.looseObject({ id: z.string(), healthy: z.boolean() })) }) })
      .parse(answer.body).health.receivers;
    expect(words.find(({ id }) => id === 'well')).toMatchObject({
      healthy: true,
      amphorae: 7,
      datagrams: word.datagrams,
    });
    expect(words.find(({ id }) => id === 'gone')).toMatchObject({ healthy: false });
    expect(answer.body.health).toMatchObject({ storms: [{ zone: 'east', silent: 12 }], doubts_observer: false });
    await putGovernor({ storms: [], doubts_observer: false }, now);
    expect((await api.call('/v2.0/octavia/health', { token: api.tokenFor('p', 'member') })).status).toBe(403);
  });

  it('have ids of their own: that of a load balancer is not found', async () => {
    const { api, loadBalancer, pool } = await workbench();
    const token = api.tokenFor('p', 'admin');
    const { id } = await pool();
    for (const other of [loadBalancer.id, id]) {
      const answer = await api.call(`${PATH}/${other}`, { token });
      expect([answer.status, faultOf(answer)]).toEqual([404, `Amphora ${other} not found.`]);
    }
  });

  it('are failed over, configured and deleted by the worker', async () => {
    const asked: string[] = [];
    const ask = (name: string) => async (id: string) => {
      asked.push(`${name} ${id}`);
      return {
        operationId: '',
        executionArn: '',
        resourceId: id,
        wait: () => Promise.reject(new Error('not started')),
      };
    };
    const api = testApi({
      repairs: () => ({
        failoverLoadBalancer: ask('failoverLoadBalancer'),
        failoverAmphora: ask('failoverAmphora'),
        updateAmphoraAgentConfig: ask('updateAmphoraAgentConfig'),
        deleteAmphora: ask('deleteAmphora'),
        redriveOperation: ask('redriveOperation'),
      }),
    });
    const { loadBalancer } = await workbench();
    const id = await spare();
    const token = api.tokenFor('p', 'admin');
    const call = async (method: string, path: string) => (await api.call(`/v2.0/${path}`, { method, token })).status;
    expect(await call('PUT', `octavia/amphorae/${id}/failover`)).toBe(202);
    expect(await call('PUT', `octavia/amphorae/${id}/config`)).toBe(202);
    expect(await call('DELETE', `octavia/amphorae/${id}`)).toBe(204);
    expect(await call('PUT', `lbaas/loadbalancers/${loadBalancer.id}/failover`)).toBe(202);
    expect(asked).toEqual([
      `failoverAmphora ${id}`,
      `updateAmphoraAgentConfig ${id}`,
      `deleteAmphora ${id}`,
      `failoverLoadBalancer ${loadBalancer.id}`,
    ]);
  });
});

describe('statistics', () => {
  const numbers = { bytes_in: 1, bytes_out: 2, active_connections: 3, total_connections: 4, request_errors: 5 };

  it('are zeros before anything was counted, and a 404 for an amphora', async () => {
    const { call, listener, loadBalancer, api } = await workbench();
    const { id } = await listener();
    const none = { bytes_in: 0, bytes_out: 0, active_connections: 0, total_connections: 0, request_errors: 0 };
    expect((await call('GET', `loadbalancers/${loadBalancer.id}/stats`)).body).toEqual({ stats: none });
    expect((await call('GET', `listeners/${id}/stats`)).body).toEqual({ stats: none });
    const amphora = await spare();
    const answer = await api.call(`${PATH}/${amphora}/stats`, { token: api.tokenFor('p', 'admin') });
    expect([answer.status, faultOf(answer)]).toEqual([404, `Amphora stats for ${amphora} not found.`]);
  });

  it('are summed over amphorae and listeners; connections are open in amphorae in use only', async () => {
    const { call, listener, loadBalancer, api } = await workbench();
    const listeners = [(await listener()).id, (await listener({ protocol_port: 81 })).id];
    const [used, broken] = [randomUUID(), randomUUID()];
    for (const [id, status] of [
      [used, 'ALLOCATED'],
      [broken, 'ERROR'],
    ] as const) {
      await transact(amphoraRows({ ...newAmphora(id, loadBalancer.id), status }));
      for (const listener_id of listeners) {
        const row = { loadbalancer_id: loadBalancer.id, listener_id, amphora_id: id, ...numbers };
        const Item = { ...row, ...statisticsKey(loadBalancer.id, listener_id, id) };
        await documents().send(new PutCommand({ TableName: tableName(), Item }));
      }
    }
    const { body } = await call('GET', `loadbalancers/${loadBalancer.id}/stats`);
    expect(body).toMatchObject({ stats: { bytes_in: 4, bytes_out: 8, active_connections: 6, total_connections: 16 } });
    const { body: ofListener } = await call('GET', `listeners/${listeners[0]}/stats`);
    expect(ofListener).toMatchObject({ stats: { bytes_in: 2, active_connections: 3, request_errors: 10 } });
    const answer = await api.call(`${PATH}/${broken}/stats`, { token: api.tokenFor('p', 'admin') });
    expect(listed(answer, 'amphora_stats')).toHaveLength(2);
    expect(listed(answer, 'amphora_stats')[0]).toMatchObject({
      id: broken,
      loadbalancer_id: loadBalancer.id,
      ...numbers,
    });
  });
});
