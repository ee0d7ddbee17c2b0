import { describe, expect, it } from 'vitest';
import { configurationDigest } from '../../../../../lib/amphora/render/digest.ts';
import { AmphoraIdentityError, AmphoraRequestError, AmphoraUnreachableError } from '../../../../../lib/errors/cloud.ts';
import type { Amphora, PushedConfiguration } from '../../../../../lib/models/objects/amphora.ts';
import { renderConfiguration } from '../../../../../lib/steps/amphora/configuration.ts';
import { agentFindings, type ConfigurationReader } from '../../../../../lib/upkeep/drift/agent-findings.ts';
import { aListener, aLoadBalancer, anAmphora, aPool, aTree } from '../../../../fixtures/render/tree.ts';

const { id } = aLoadBalancer();
const udp = aListener(2, { protocol: 'UDP', protocol_port: 53 });
const tree = aTree({ listeners: [aListener(1), udp], amphorae: [anAmphora()] });
const facts = {
  haproxy_version: '2.6.12',
  cpu_count: 1,
  memory: { free: 1_000_000, buffers: 0, cached: 0 },
  active_tuned_profiles: '',
};
const noFiles = { listeners: new Map(), pools: new Map() };
const tls = { files: noFiles, uploads: [], failedListeners: new Map(), failedPools: new Map(), unread: new Map() };
const wanted = renderConfiguration(tree, facts, tls);
const lvs = String(wanted.lvs.get(udp.id));
const digest = (text: string | null) => (text === null ? null : configurationDigest(text));
const pushed: PushedConfiguration = { haproxy: digest(wanted.haproxy), lvs: { [udp.id]: configurationDigest(lvs) } };

/** Kind, object, expected and found, of an agent that has these texts. */
const found = async (
  has: { readonly haproxy?: string | null; readonly lvs?: string | null },
  amphora: Partial<Amphora> = { pushed, facts },
  of = tree,
) => {
  const agents: ConfigurationReader = {
    getHaproxyConfig: async () => (has.haproxy === undefined ? wanted.haproxy : has.haproxy),
    getLvsConfig: async () => (has.lvs === undefined ? lvs : has.lvs),
  };
  const findings = await agentFindings(agents, { tree: of, changes: new Map() }, anAmphora(1, amphora));
  return findings.map(({ kind, resource_id, expected, found: what }) => [kind, resource_id, expected, what]);
};
const sha = (text: string | null) => `sha256 ${digest(text)}`;

describe('the configuration of an agent', () => {
  it('is right when it is what it was given and would be given now', async () => {
    expect(await found({})).toEqual([]);
  });

  it('is changed when it is not what it was given, by load balancer and by listener', async () => {
    expect(await found({ haproxy: 'edited' })).toEqual([
      ['configuration_changed', id, sha(wanted.haproxy), sha('edited')],
    ]);
    expect(await found({ lvs: null })).toEqual([['configuration_changed', udp.id, sha(lvs), 'nothing']]);
    expect(await found({ haproxy: null, lvs: 'edited' })).toEqual([
      ['configuration_changed', id, sha(wanted.haproxy), 'nothing'],
      ['configuration_changed', udp.id, sha(lvs), sha('edited')],
    ]);
  });

  it('is outdated when it is what it was given, and would be given another now', async () => {
    const former = { haproxy: digest('former'), lvs: {} };
    expect(await found({ haproxy: 'former', lvs: null }, { facts, pushed: former })).toEqual([
      ['configuration_outdated', id, sha(wanted.haproxy), sha('former')],
      ['configuration_outdated', udp.id, sha(lvs), 'nothing'],
    ]);
  });

  it('is outdated when a listener that it has is wanted no more', async () => {
    const without = aTree({ listeners: [aListener(1)] });
    const now = renderConfiguration(without, facts, tls);
    expect(
      await found({ haproxy: now.haproxy }, { facts, pushed: { ...pushed, haproxy: digest(now.haproxy) } }, without),
    ).toEqual([['configuration_outdated', udp.id, 'nothing', sha(lvs)]]);
  });

  it.each([
    ['what the agent is made of is not known', tree, null],
    [
      'the secrets of a listener were never read',
      aTree({ listeners: [aListener(1, { protocol: 'TERMINATED_HTTPS', tls_certificate_id: 'secret' })] }),
      facts,
    ],
    [
      'the secrets of a pool were never read',
      aTree({ pools: [aPool(1, { tls_certificate_id: 'secret', tls_enabled: true })] }),
      facts,
    ],
  ])('is compared with what it was given alone when %s', async (_why, of, known) => {
    const given = { haproxy: digest('given'), lvs: {} };
    expect(await found({ haproxy: 'given' }, { facts: known, pushed: given }, of)).toEqual([]);
    expect(await found({ haproxy: 'edited' }, { facts: known, pushed: given }, of)).toEqual([
      ['configuration_changed', id, sha('given'), sha('edited')],
    ]);
  });

  it('is compared with what would be given when the secrets are known', async () => {
    const of = aTree({
      listeners: [aListener(1, { protocol: 'TERMINATED_HTTPS', tls_certificate_id: 'secret' })],
      pools: [aPool(1, { tls_certificate_id: 'secret', tls_enabled: true })],
    });
    const files = {
      listeners: { [aListener(1).id]: { clientCa: null, clientCrl: null } },
      pools: { [aPool(1).id]: { certificate: 'file.pem', ca: null, crl: null } },
    };
    const given = { haproxy: digest('given'), lvs: {}, files };
    expect(await found({ haproxy: 'given' }, { facts, pushed: given }, of)).toEqual([
      ['configuration_outdated', id, expect.stringMatching(/^sha256/), sha('given')],
    ]);
  });

  it('is nothing for an amphora that was never given one', async () => {
    expect(await found({ haproxy: null }, { pushed: null, facts: null })).toEqual([]);
    expect(await found({ haproxy: 'edited' }, { pushed: null, facts: null })).toEqual([
      ['configuration_changed', id, 'nothing', sha('edited')],
    ]);
  });

  it('is not asked for without an address', async () => {
    expect(await found({ haproxy: 'edited' }, { facts, pushed, lb_network_ip: null })).toEqual([]);
  });
});

describe('an agent that gives no configuration', () => {
  const failing = async (error: Error) => {
    const agents = { getHaproxyConfig: () => Promise.reject(error), getLvsConfig: () => Promise.reject(error) };
    return await agentFindings(agents, { tree, changes: new Map() }, anAmphora(1, { pushed, facts }));
  };

  it.each([
    new AmphoraUnreachableError('no route'),
    new AmphoraIdentityError('wrong certificate'),
    new AmphoraRequestError('refused', { status: 500, details: '' }),
  ])('is a finding without a remedy: $name', async (error) => {
    expect(await failing(error)).toEqual([
      {
        kind: 'agent_unreachable',
        resource: 'amphora',
        resource_id: anAmphora().id,
        amphora_id: anAmphora().id,
        expected: 'an answer of its agent',
        found: `${error.name}: ${error.message}`,
        remedy: 'none',
      },
    ]);
  });

  it('is a failure of the look after anything else', async () => {
    await expect(failing(new TypeError('unforeseen'))).rejects.toThrow('unforeseen');
  });
});
