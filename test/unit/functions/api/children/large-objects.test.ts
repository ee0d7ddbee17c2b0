import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { findObject } from '../../../../../lib/repositories/objects/child-reads.ts';
import { getLoadBalancer } from '../../../../../lib/repositories/objects/load-balancers.ts';
import { newListener, newMember, newPool } from '../../../../fixtures/children.ts';
import { useTable } from '../../../../helpers/table.ts';
import { testApi } from '../support/api.ts';
import { storedLoadBalancer } from '../support/load-balancers.ts';
import { faultOf } from '../support/read.ts';

beforeAll(useTable);

const tagsOf = (bytes: number): readonly string[] =>
  Array.from({ length: bytes / 1000 }, (_, index) => `${index}`.padEnd(999, 'x'));

describe('what is stored of an object', () => {
  it('does not grow beyond what a row holds: the request is refused by its name, and nothing changes', async () => {
    const api = testApi();
    const listenerId = randomUUID();
    const { id, project_id } = await storedLoadBalancer({ project_id: randomUUID() }, 'ACTIVE', (owner) => [
      { kind: 'listener', object: newListener(owner, { id: listenerId, name: 'web', tags: tagsOf(408_000) }) },
    ]);
    const token = api.tokenFor(project_id, 'member');
    const put = (listener: object) =>
      api.call(`/v2.0/lbaas/listeners/${listenerId}`, { method: 'PUT', token, body: { listener } });
    const refused = await put({ name: '𝔵'.repeat(255), description: '𝔶'.repeat(255) });
    expect([refused.status, faultOf(refused)]).toEqual([
      400,
      `Validation failure: Listener ${listenerId} would have more than the 409600 bytes that can be stored of it, with its ` +
        'former values while a change is applied. Give it fewer or shorter tags, address blocks or references.',
    ]);
    expect((await findObject('listener', listenerId))?.name).toBe('web');
    expect(await getLoadBalancer(id)).toMatchObject({ provisioning_status: 'ACTIVE', lock: null });
    expect((await put({ tags: [], name: '𝔵'.repeat(255) })).status).toBe(200);
  });

  it('may be several megabytes of several objects, changed together', async () => {
    const api = testApi();
    const poolId = randomUUID();
    const addresses = Array.from({ length: 20 }, (_, index) => `10.7.0.${index + 1}`);
    const { project_id } = await storedLoadBalancer({ project_id: randomUUID() }, 'ACTIVE', (owner) => {
      const pool = newPool(owner, { id: poolId });
      const members = addresses.map((ip_address) =>
        newMember(pool, { ip_address, protocol_port: 80, tags: tagsOf(150_000) }),
      );
      return [{ kind: 'pool', object: pool }, ...members.map((object) => ({ kind: 'member', object }) as const)];
    });
    const token = api.tokenFor(project_id, 'member');
    const members = addresses.map((address) => ({ address, protocol_port: 80, weight: 7, name: 'changed' }));
    const path = `/v2.0/lbaas/pools/${poolId}/members`;
    const answer = await api.call(`${path}`, { method: 'PUT', token, body: { members: [...members, ...more] } });
    expect(answer.status).toBe(202);
    const list = await api.call(`${path}?fields=weight`, { token });
    expect(list.body.members).toEqual(Array.from({ length: 100 }, () => ({ weight: 7 })));
  });
});

/** Enough to be more than one transaction takes. */
const more = Array.from({ length: 80 }, (_, index) => ({ address: `10.8.0.${index}`, protocol_port: 80, weight: 7 }));
