import { expect, test } from 'vitest';
import { metricsOf } from '../../../../../lib/health/receiver/metrics.ts';

const receiver = {
  id: 'host:5555',
  started_at: '2026-11-25T10:00:00.000Z',
  seen_at: '2026-11-25T11:00:00.000Z',
  healthy_since: '2026-11-25T10:00:00.000Z',
  amphorae: 40,
  datagrams: { accepted: 7, replay: 2, 'bad-mac': 1 },
};
const storm = { zone: 'nova', since: '2026-11-25T10:59:00.000Z', silent: 12, known: 40 };

test('the sweeping receiver reports stale amphorae, and the zones with a storm', () => {
  const look = { silent: 12, raised: 0, refusal: null, storms: [storm], doubtsObserver: false };
  expect(metricsOf(receiver, look, 5)).toMatchObject({
    Receiver: 'host:5555',
    Amphorae: 40,
    Healthy: 1,
    Accepted: 7,
    Refused: 3,
    Silent: 12,
    StormZones: 1,
  });
});

test('the other receivers report none of that, so that their values do not look like calm', () => {
  const said = metricsOf({ ...receiver, healthy_since: null }, null, 5);
  expect(said).toMatchObject({ Healthy: 0 });
  expect(JSON.stringify(said)).not.toMatch(/Silent|StormZones/);
});
