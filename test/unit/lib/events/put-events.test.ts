import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { quietLogger } from '../../../../local/log.ts';
import { startEventBus } from '../../../../local/scheduler/event-bus.ts';

const published: unknown[] = [];
let bus: Awaited<ReturnType<typeof startEventBus>>;

beforeAll(async () => {
  // The settings are read once by each copy of the modules.
  vi.resetModules();
  const publish = (event: unknown) => published.push(event);
  bus = await startEventBus({ host: '127.0.0.1', port: 0, region: 'us-east-1', publish, log: quietLogger });
  const settings = {
    EVENT_BUS_ENDPOINT: bus.endpoint,
    TABLE_NAME: 'deploy-worker-test',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  vi.resetModules();
  await bus.stop();
});
beforeEach(() => {
  published.length = 0;
});

const put = async (type: string, details: readonly object[]) => {
  const { createPutEvents } = await import('../../../../lib/events/put-events.ts');
  await createPutEvents()(type, details);
};

describe('events on the bus', () => {
  it('carry the source, the type and the details, however many there are', async () => {
    const details = Array.from({ length: 23 }, (_, number) => ({ number }));
    await put('Something Happened', details);
    expect(published).toHaveLength(23);
    expect(published).toMatchObject(
      details.map((detail) => ({ source: 'deploy-worker-test', 'detail-type': 'Something Happened', detail })),
    );
  });

  it('are nothing when there is nothing to say', async () => {
    await put('Something Happened', []);
    expect(published).toEqual([]);
  });

  it('fail with the reason when the bus refuses one', async () => {
    await expect(put('', [{ a: 1 }])).rejects.toThrow(/EventBridge refused 1 events.*InvalidArgument/);
  });
});
