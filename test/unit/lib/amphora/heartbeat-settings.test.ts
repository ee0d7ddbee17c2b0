import { afterEach, describe, expect, it, vi } from 'vitest';
import { useSecretsManager } from '../../../helpers/secrets-manager.ts';

const { holds, asked } = useSecretsManager();

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  holds.clear();
});

/** Settings are read once per module, so each test loads its own. */
const load = async (key: string | undefined) => {
  vi.stubEnv('HEARTBEAT_KEY', key);
  vi.resetModules();
  return (await import('../../../../lib/amphora/heartbeat-settings.ts')).heartbeatSettings;
};

describe('the heartbeat key', () => {
  it('may be the setting itself', async () => {
    const heartbeatSettings = await load('heartbeat');
    expect(await heartbeatSettings()).toMatchObject({ heartbeatKey: 'heartbeat', heartbeatInterval: 10 });
    expect(asked).toEqual([]);
  });

  it('is read from the secret that the setting names, once for all callers', async () => {
    holds.set('app/heartbeat-key', 'heartbeat');
    const heartbeatSettings = await load('secret:app/heartbeat-key');
    const all = [...(await Promise.all([heartbeatSettings(), heartbeatSettings()])), await heartbeatSettings()];
    expect(all.map(({ heartbeatKey }) => heartbeatKey)).toEqual(['heartbeat', 'heartbeat', 'heartbeat']);
    expect(asked).toEqual(['app/heartbeat-key']);
  });

  it('is read again after five minutes', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    holds.set('app/heartbeat-key', 'former');
    const heartbeatSettings = await load('secret:app/heartbeat-key');
    await heartbeatSettings();
    holds.set('app/heartbeat-key', 'heartbeat');
    vi.setSystemTime(Date.now() + 299_000);
    expect(await heartbeatSettings()).toMatchObject({ heartbeatKey: 'former' });
    vi.setSystemTime(Date.now() + 1_000);
    expect(await heartbeatSettings()).toMatchObject({ heartbeatKey: 'heartbeat' });
  });

  it('is in no error when it cannot be read again', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    holds.set('app/heartbeat-key', 'heartbeat');
    const heartbeatSettings = await load('secret:app/heartbeat-key');
    await heartbeatSettings();
    holds.set('app/heartbeat-key', { fails: 'AccessDeniedException' });
    vi.setSystemTime(Date.now() + 300_000);
    await expect(heartbeatSettings()).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: 'HEARTBEAT_KEY: cannot read secret "app/heartbeat-key": AccessDeniedException',
    });
  });

  it('is asked for again after a failure', async () => {
    const heartbeatSettings = await load('secret:app/heartbeat-key');
    await expect(heartbeatSettings()).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: 'HEARTBEAT_KEY: cannot read secret "app/heartbeat-key": ResourceNotFoundException',
    });
    holds.set('app/heartbeat-key', 'heartbeat');
    expect(await heartbeatSettings()).toMatchObject({ heartbeatKey: 'heartbeat' });
  });

  it.each([
    ['', 'HEARTBEAT_KEY: is required and not set'],
    ['secret:app/empty', 'HEARTBEAT_KEY: secret "app/empty" is empty'],
  ])('is required, which "%s" does not meet', async (key, message) => {
    holds.set('app/empty', '');
    const heartbeatSettings = await load(key);
    await expect(heartbeatSettings()).rejects.toMatchObject({ name: 'ConfigurationError', message });
  });
});
