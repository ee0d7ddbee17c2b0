import { beforeAll, describe, expect, it, vi } from 'vitest';
import { showsHealthcheck } from '../../../../functions/api/healthcheck.ts';
import { useTable } from '../../../helpers/table.ts';
import { SETTINGS, testApi } from './support/api.ts';

beforeAll(useTable);

const settings = () => ({ ...SETTINGS, healthcheckEnabled: true });
const request = {
  requestId: 'req-1',
  path: '/healthcheck',
  origin: '',
  params: {},
  query: new URLSearchParams(),
  headers: {},
  body: undefined,
};

describe('the health check', () => {
  it.each([
    ['GET', '/healthcheck', 200, { detailed: false, reasons: ['OK'] }],
    ['GET', '/load-balancer/healthcheck', 200, { detailed: false, reasons: ['OK'] }],
    ['HEAD', '/healthcheck', 204, {}],
  ])('answers %s %s without a token', async (method, path, status, body) => {
    const answer = await testApi({ settings }).call(path, { method });
    expect([answer.status, answer.body]).toEqual([status, body]);
  });

  it('is not there unless it is switched on', async () => {
    expect((await testApi().call('/healthcheck')).status).toBe(404);
  });

  it('answers 503 while the table does not answer, and looks every five seconds only', async () => {
    vi.useFakeTimers();
    try {
      const look = vi.fn(async () => false);
      const show = showsHealthcheck(settings, look);
      await expect(show(request)).rejects.toMatchObject({ status: 503, message: 'The table does not answer.' });
      look.mockResolvedValue(true);
      vi.advanceTimersByTime(4_999);
      await expect(show(request)).rejects.toMatchObject({ status: 503 });
      vi.advanceTimersByTime(1);
      expect((await show(request)).status).toBe(200);
      expect(look).toHaveBeenCalledTimes(2);
    } finally {
      vi.useRealTimers();
    }
  });
});
