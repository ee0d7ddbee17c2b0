import { createSocket } from 'node:dgram';
import { afterEach, expect, it, vi } from 'vitest';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Settings are read once per module, so each test loads its own. */
const receiveWith = async (settings: Readonly<Record<string, string>>): Promise<void> => {
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  vi.resetModules();
  const { receiveHeartbeats } = await import('../../../../../lib/health/receiver/heartbeat-receiver.ts');
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  try {
    await receiveHeartbeats(socket).stop();
  } finally {
    socket.removeAllListeners().close();
  }
};

it.each([
  ['HEARTBEAT_KEY', { HEARTBEAT_KEY: 'secret:app/heartbeat-key' }],
  [
    'HEARTBEAT_PREVIOUS_KEY',
    { HEARTBEAT_KEY: 'heartbeat', HEARTBEAT_PREVIOUS_KEY: 'secret:app/heartbeat-previous-key' },
  ],
])('a receiver does not take the name of a secret for the key in %s', async (setting, settings) => {
  await expect(receiveWith(settings)).rejects.toMatchObject({
    name: 'ConfigurationError',
    message: `${setting}: must be the key itself, is the name of a secret`,
  });
});
