import { describe, expect, it } from 'vitest';
import { CertificateRetrievalError } from '../../../../../lib/errors/cloud.ts';
import { checksums, renderConfiguration } from '../../../../../lib/steps/amphora/configuration.ts';
import type { TlsMaterial } from '../../../../../lib/tls/tls-material.ts';
import { aListener, aMember, anAmphora, aPool, aTree } from '../../../../fixtures/render/tree.ts';

const facts = {
  haproxy_version: '2.6.12',
  cpu_count: 1,
  memory: { free: 500_000, buffers: 0, cached: 0 },
  active_tuned_profiles: '',
};
const noTls: TlsMaterial = {
  files: { listeners: new Map(), pools: new Map() },
  uploads: [],
  failedListeners: new Map(),
  failedPools: new Map(),
  unread: new Map(),
};
const udp = aListener(2, { protocol: 'UDP', protocol_port: 53, default_pool_id: aPool(2).id });
const leaving = { provisioning_status: 'PENDING_DELETE' } as const;

describe('the configuration of an amphora', () => {
  it('has one text for haproxy, and one for each UDP or SCTP listener', () => {
    const listeners = [aListener(1, { default_pool_id: aPool().id }), udp];
    const pools = [aPool(), aPool(2, { protocol: 'UDP' })];
    const tree = aTree({ listeners, pools, members: [aMember()], amphorae: [anAmphora()] });
    const { haproxy, lvs, unrenderable } = renderConfiguration(tree, facts, noTls);
    expect(haproxy).toContain(aListener().id);
    expect(haproxy).not.toContain(udp.id);
    expect([...lvs.keys()]).toEqual([udp.id]);
    expect(unrenderable).toEqual([]);
  });

  it('has nothing for haproxy when no listener is its own, or the last one goes away', () => {
    for (const listeners of [[], [aListener(1, leaving)], [udp]]) {
      const tree = aTree({ listeners, pools: [aPool(2, { protocol: 'UDP' })], amphorae: [anAmphora()] });
      expect(renderConfiguration(tree, facts, noTls).haproxy).toBeNull();
    }
  });

  it('leaves out a listener whose secrets cannot be read', () => {
    const failed = new Map([[aListener(1).id, new CertificateRetrievalError('Secret 1 cannot be read.')]]);
    const tree = aTree({ listeners: [aListener(1), aListener(2, { protocol_port: 81 })], amphorae: [anAmphora()] });
    const { haproxy } = renderConfiguration(tree, facts, { ...noTls, failedListeners: failed });
    expect(haproxy).toContain(aListener(2).id);
    expect(haproxy).not.toContain(aListener(1).id);
  });

  it('is remembered by checksums that follow its text', () => {
    const of = (port: number) => {
      const tree = aTree({ listeners: [aListener(1, { protocol_port: port })], amphorae: [anAmphora()] });
      return checksums(renderConfiguration(tree, facts, noTls));
    };
    expect(of(80)).toEqual(of(80));
    expect(of(80).haproxy).not.toBe(of(81).haproxy);
    expect(checksums({ haproxy: null, lvs: new Map(), unrenderable: [] })).toEqual({ haproxy: null, lvs: {} });
  });
});
