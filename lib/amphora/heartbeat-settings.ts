import { healthConfig } from '../settings/config.ts';
import { remembered } from '../settings/remembered.ts';
import { readSecret, secretIdOf } from '../settings/secret.ts';

export type HeartbeatSettings = ReturnType<typeof healthConfig>;

const sharedKey = remembered(Date.now, async () => {
  const { heartbeatKey } = healthConfig();
  const id = secretIdOf(heartbeatKey);
  return id === null ? heartbeatKey : await readSecret('HEARTBEAT_KEY', id);
});

/**
 * The settings of heartbeats with the shared key itself, never logged: HEARTBEAT_KEY is the key, or `secret:<Secrets
 * Manager id>`. A secret is read once in five minutes.
 * @throws ConfigurationError naming setting and secret; CloudUnavailableError when Secrets Manager cannot be asked now
 */
export const heartbeatSettings = async (): Promise<HeartbeatSettings> => ({
  ...healthConfig(),
  heartbeatKey: await sharedKey(),
});
