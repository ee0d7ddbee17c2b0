import { afterEach, beforeAll, expect, it } from 'vitest';
import { refusesFrozen } from '../../../../../functions/api/freeze/refuse-frozen.ts';
import type { Freeze } from '../../../../../lib/models/freeze.ts';
import { writeFreeze } from '../../../../../lib/repositories/fleet/freeze.ts';
import { useTable } from '../../../../helpers/table.ts';
import { testApi } from '../support/api.ts';
import { faultOf } from '../support/read.ts';

beforeAll(useTable);
afterEach(() => writeFreeze(null));

const PATH = '/v2.0/octavia/freeze';
const FROZEN: Freeze = { reason: 'restore of the table', since: '2026-11-30T10:00:00.000Z', user_id: 'root' };

it('a freeze is shown with its reason, its begin and its user, and ends', async () => {
  const api = testApi();
  const admin = { token: api.tokenFor('operators', 'admin') };
  const put = async (freeze: object) => (await api.call(PATH, { ...admin, method: 'PUT', body: { freeze } })).body;
  const thawed = { freeze: { enabled: false, reason: null, since: null, user_id: null } };
  expect((await api.call(PATH, admin)).body).toEqual(thawed);
  const frozen = {
    freeze: { enabled: true, reason: 'upgrade', since: expect.any(String), user_id: 'user-of-operators' },
  };
  expect(await put({ enabled: true, reason: 'upgrade' })).toEqual(frozen);
  const shown = (await api.call(PATH, admin)).body;
  expect(shown).toEqual(frozen);
  expect(await put({ enabled: true, reason: 'upgrade' })).toEqual(shown);
  expect(await put({ enabled: false })).toEqual(thawed);
  expect((await api.call(PATH, admin)).body).toEqual(thawed);
});

it('a freeze without `enabled`, or by a tenant, is refused', async () => {
  const api = testApi();
  const freeze = (token: string, body: unknown) => api.call(PATH, { token, method: 'PUT', body });
  const missing = await freeze(api.tokenFor('operators', 'admin'), { freeze: { reason: 'x' } });
  expect([missing.status, faultOf(missing)]).toEqual([400, expect.stringContaining('enabled')]);
  expect((await freeze(api.tokenFor('mine', 'member'), { freeze: { enabled: true } })).status).toBe(403);
  expect((await api.call(PATH, { token: api.tokenFor('mine', 'member') })).status).toBe(403);
});

it('writes are refused with the reason while the worker is frozen, and reads and dry runs are not', async () => {
  await writeFreeze(FROZEN);
  const api = testApi({ refuseFrozen: refusesFrozen() });
  const token = api.tokenFor('operators', 'admin');
  const body = { flavorprofile: { name: 'small', provider_name: 'amphora', flavor_data: '{}' } };
  const path = '/v2.0/lbaas/flavorprofiles';
  const refused = await api.call(path, { token, method: 'POST', body });
  expect([refused.status, faultOf(refused), refused.headers['retry-after']]).toEqual([
    503,
    'The service takes no changes now: restore of the table. Please try again later.',
    '60',
  ]);
  expect((await api.call(path, { token })).status).toBe(200);
  expect((await api.call(`${path}?dry_run=true`, { token, method: 'POST', body })).status).toBe(200);
  expect((await api.call(PATH, { token, method: 'PUT', body: { freeze: { enabled: false } } })).status).toBe(200);
});

it('the table is asked once a second, and again after a failure', async () => {
  const answers: (Freeze | null | Error)[] = [FROZEN, new Error('the table is away'), null];
  let time = 0;
  let asked = 0;
  const refuse = refusesFrozen(
    async () => {
      const answer = answers[asked] ?? null;
      asked += 1;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    () => time,
  );
  await expect(refuse()).rejects.toMatchObject({ status: 503 });
  await expect(refuse()).rejects.toMatchObject({ status: 503 });
  expect(asked).toBe(1);
  time = 1_000;
  await expect(refuse()).rejects.toThrow('the table is away');
  await refuse();
  await refuse();
  expect(asked).toBe(3);
});
