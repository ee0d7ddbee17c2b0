import { afterEach, describe, expect, it, vi } from 'vitest';
import { amphoraKeyOf } from '../../../../../lib/models/heartbeat-key.ts';
import { useSecretsManager } from '../../../../helpers/secrets-manager.ts';

const { holds } = useSecretsManager();
holds.set('app/heartbeat-key', 'heartbeat');

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Settings are read once per module, so each key loads its own. */
const load = async (key: string) => {
  vi.stubEnv('HEARTBEAT_KEY', key);
  vi.resetModules();
  return await import('../../../../../lib/steps/amphora/agent-configuration.ts');
};

const configurationWith = async (key: string) => await (await load(key)).agentConfiguration('a1', 'SINGLE');

describe("the configuration of an amphora's agent", () => {
  it('is the same with a key by value and by name', async () => {
    const named = await configurationWith('secret:app/heartbeat-key');
    expect(named).toEqual(await configurationWith('heartbeat'));
    expect(named.file).toContain(`\nheartbeat_key = ${amphoraKeyOf('heartbeat', 'a1')}\n`);
    expect(named.file).not.toContain('secret:');
  });

  it('has the mark that all agents should have', async () => {
    const { agentConfiguration, agentConfigurationMark } = await load('secret:app/heartbeat-key');
    const { mark } = await agentConfiguration('a1', 'SINGLE');
    expect(mark).toBe(await agentConfigurationMark());
    expect(mark).not.toBe(await (await load('another')).agentConfigurationMark());
  });
});
