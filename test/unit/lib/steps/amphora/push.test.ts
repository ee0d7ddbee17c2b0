import { describe, expect, it } from 'vitest';
import { configurationDigest } from '../../../../../lib/amphora/render/digest.ts';
import { AmphoraRequestError, AmphoraUnreachableError } from '../../../../../lib/errors/cloud.ts';
import type { Configuration } from '../../../../../lib/steps/amphora/configuration.ts';
import { inDoubt, type PushRequest, pushConfiguration } from '../../../../../lib/steps/amphora/push.ts';

const agent = { amphoraId: 'amp', lbNetworkIp: '172.16.0.5' };
const upload = { fileName: 'a.pem', pem: 'certificate' };

const wanted = (haproxy: string | null, lvs: Readonly<Record<string, string>> = {}): Configuration => ({
  haproxy,
  lvs: new Map(Object.entries(lvs)),
  unrenderable: [],
});

const request = (configuration: Configuration, change: Partial<PushRequest> = {}): PushRequest => ({
  agent,
  loadBalancerId: 'lb',
  configuration,
  uploads: [],
  pushed: null,
  ...change,
});

/** An agent that keeps what it is given, and a list of what it was asked. */
const anAgent = (files: Record<string, string> = {}) => {
  const calls: string[] = [];
  const call =
    <Rest extends readonly unknown[], T>(name: string, answer: (id: string, ...rest: Rest) => T) =>
    async (_agent: unknown, id: string, ...rest: Rest): Promise<T> => {
      calls.push(`${name} ${id}`);
      return answer(id, ...rest);
    };
  const keep = (id: string, text: string): void => {
    files[id] = text;
  };
  const agents = {
    uploadHaproxyConfig: call('upload', keep),
    uploadLvsConfig: call('uploadLvs', keep),
    getHaproxyConfig: call('read', (id) => files[id] ?? null),
    getLvsConfig: call('readLvs', (id) => files[id] ?? null),
    reload: call('reload', () => {}),
    deleteListener: call('delete', () => {}),
    uploadCertificate: call('certificate', (_id, fileName: string, pem: string) => {
      const isNew = files[fileName] !== pem;
      files[fileName] = pem;
      return isNew;
    }),
  };
  return { agents, calls, files };
};

describe('a push', () => {
  it('sends certificates, then the configuration, reloads, and reads it back', async () => {
    const { agents, calls } = anAgent();
    const pushed = await pushConfiguration(agents, request(wanted('text'), { uploads: [upload] }));
    expect(calls).toEqual(['certificate lb', 'upload lb', 'reload lb', 'read lb']);
    expect(pushed).toEqual({ haproxy: configurationDigest('text'), lvs: {} });
  });

  it('sends nothing that the amphora has already', async () => {
    const { agents, calls } = anAgent({ 'a.pem': 'certificate' });
    const configuration = wanted('text', { udp: 'u' });
    const pushed = { haproxy: configurationDigest('text'), lvs: { udp: configurationDigest('u') } };
    expect(await pushConfiguration(agents, request(configuration, { pushed, uploads: [upload] }))).toEqual(pushed);
    expect(calls).toEqual(['certificate lb']);
  });

  it('reloads when only a certificate is new', async () => {
    const { agents, calls } = anAgent();
    const pushed = { haproxy: configurationDigest('text'), lvs: {} };
    await pushConfiguration(agents, request(wanted('text'), { pushed, uploads: [upload] }));
    expect(calls).toContain('reload lb');
  });

  it('touches only the UDP and SCTP listeners that changed', async () => {
    const { agents, calls } = anAgent();
    const pushed = { haproxy: null, lvs: { same: configurationDigest('s'), gone: 'x', old: 'y' } };
    await pushConfiguration(agents, request(wanted(null, { same: 's', old: 'new', fresh: 'f' }), { pushed }));
    expect(calls).toEqual([
      ...['uploadLvs old', 'reload old', 'readLvs old'],
      ...['uploadLvs fresh', 'reload fresh', 'readLvs fresh'],
      'delete gone',
    ]);
  });

  it('stops haproxy when nothing is left for it', async () => {
    const { agents, calls } = anAgent();
    const none = { haproxy: null, lvs: {} };
    expect(await pushConfiguration(agents, request(wanted(null), { pushed: { ...none, haproxy: 'x' } }))).toEqual(none);
    await pushConfiguration(agents, request(wanted(null), { pushed: none }));
    expect(calls).toEqual(['delete lb']);
  });

  it('fails when the amphora has something else in the end', async () => {
    const { agents } = anAgent();
    const forgetful = { ...agents, getHaproxyConfig: async () => 'other' };
    const push = pushConfiguration(forgetful, request(wanted('text')));
    await expect(push).rejects.toThrow('Amphora amp does not have the configuration it was given.');
    await expect(push).rejects.toBeInstanceOf(AmphoraRequestError);
  });

  it('never has a certificate in its error', async () => {
    const { agents } = anAgent();
    const away = {
      ...agents,
      reload: async () => {
        throw new AmphoraUnreachableError('Amphora amp at 172.16.0.5, PUT reload: ETIMEDOUT.');
      },
    };
    const secret = { fileName: 'a.pem', pem: '-----BEGIN PRIVATE KEY-----' };
    const error = await pushConfiguration(away, request(wanted('text'), { uploads: [secret] })).catch(
      (e: unknown) => e,
    );
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('BEGIN');
  });
});

describe('what is known while a push is under way', () => {
  const pushed = { haproxy: configurationDigest('text'), lvs: { udp: configurationDigest('u') } };

  it('is what was known when nothing will be sent', () => {
    expect(inDoubt({ configuration: wanted('text', { udp: 'u' }), uploads: [], pushed })).toBe(pushed);
    expect(inDoubt({ configuration: wanted(null), uploads: [], pushed: null })).toBeNull();
  });

  it('is unconfirmed for what changes, is created or deleted, and holds for the rest', () => {
    const changed = inDoubt({ configuration: wanted('other', { udp: 'u', sctp: 's' }), uploads: [], pushed });
    expect(changed).toEqual({ haproxy: 'in doubt', lvs: { udp: pushed.lvs.udp, sctp: 'in doubt' } });
    const gone = inDoubt({ configuration: wanted('text'), uploads: [], pushed });
    expect(gone).toEqual({ haproxy: pushed.haproxy, lvs: { udp: 'in doubt' } });
  });

  it('is unconfirmed for haproxy when certificates may be sent', () => {
    const known = inDoubt({ configuration: wanted('text', { udp: 'u' }), uploads: [upload], pushed });
    expect(known).toEqual({ ...pushed, haproxy: 'in doubt' });
  });

  it.each([
    ['back to what was pushed before', wanted('text', { udp: 'u' }), ['upload lb', 'uploadLvs udp']],
    ['to nothing at all', wanted(null), ['delete lb', 'delete udp', 'delete sctp']],
  ])('makes the next push go all the way, %s', async (_way, configuration, expected) => {
    const died = inDoubt({ configuration: wanted('other', { udp: 'v', sctp: 's' }), uploads: [], pushed });
    const { agents, calls } = anAgent();
    await pushConfiguration(agents, request(configuration, { pushed: died }));
    expect(calls).toEqual(expect.arrayContaining(expected));
  });
});
