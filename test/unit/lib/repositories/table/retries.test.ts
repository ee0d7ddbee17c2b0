import { describe, expect, it } from 'vitest';
import { eachForItself, TABLE_TRIES } from '../../../../../lib/repositories/table/retries.ts';

const throttled = { errorType: 'THROTTLING' } as const;

/** How often one request is sent that is refused for ever. */
const triesOf = async (errorType: 'THROTTLING' | 'TRANSIENT' | 'CLIENT_ERROR'): Promise<number> => {
  let token = await eachForItself.acquireInitialRetryToken('table');
  for (let tries = 1; ; tries += 1) {
    try {
      token = await eachForItself.refreshRetryTokenForRetry(token, { errorType });
    } catch {
      return tries;
    }
  }
};

describe('requests to the table', () => {
  it('are tried as often each, however many were refused before', async () => {
    const tries = await Promise.all(Array.from({ length: 500 }, () => triesOf('THROTTLING')));
    expect(new Set(tries)).toEqual(new Set([TABLE_TRIES]));
  });

  it('are sent once when they are wrong themselves', async () => {
    expect(await triesOf('CLIENT_ERROR')).toBe(1);
  });

  it('pause longer from try to try, up to 2 s, and each another time', async () => {
    let token = await eachForItself.acquireInitialRetryToken('table');
    const limits: number[] = [];
    for (let tries = 1; tries < TABLE_TRIES; tries += 1) {
      token = await eachForItself.refreshRetryTokenForRetry(token, throttled);
      const pauses = Array.from({ length: 200 }, () => token.getRetryDelay());
      expect(new Set(pauses).size).toBeGreaterThan(1);
      limits.push(Math.max(...pauses));
    }
    expect(limits.toSorted((a, b) => a - b).at(-1)).toBeLessThanOrEqual(2_000);
    expect(limits[0]).toBeLessThan(100);
    expect(limits.at(-1)).toBeGreaterThan(1_000);
  });
});
