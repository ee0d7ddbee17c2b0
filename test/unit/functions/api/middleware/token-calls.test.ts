import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { useTable } from '../../../../helpers/table.ts';
import { testApi } from '../support/api.ts';

beforeAll(useTable);
afterEach(() => {
  vi.useRealTimers();
});

const PATHS = ['loadbalancers', 'listeners', 'pools', 'providers', 'nothing'];

it('Keystone is asked once a minute about a token at most, however much it is used', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const api = testApi();
  const tokens = [api.tokenFor('a', 'member'), api.tokenFor('b', 'reader'), 'no-token'];
  const service = api.tokenFor('services', 'service');
  const use = (token: string, path: string) =>
    api.call(`/v2.0/lbaas/${path}`, { token, headers: { 'x-service-token': service } });
  for (let minute = 1; minute <= 3; minute += 1) {
    for (const second of [0, 30, 59]) {
      vi.setSystemTime(Date.UTC(2026, 0, 1, 0, minute, second));
      const used = tokens.flatMap((token) => PATHS.map((path) => use(token, path)));
      const statuses = (await Promise.all(used)).map(({ status }) => status);
      expect(statuses.filter((status) => status === 200)).toHaveLength(8);
    }
    for (const token of [...tokens, service]) {
      expect(api.validated.filter((asked) => asked === token)).toHaveLength(minute);
    }
  }
});
