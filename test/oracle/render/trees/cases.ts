import * as fc from 'fast-check';
import type {
  AmphoraDetails,
  HaproxyOptions,
  ListenerTlsFiles,
  PoolTlsFiles,
} from '../../../../lib/amphora/render/haproxy/input.ts';
import type { VipSubnet } from '../../../../lib/amphora/render/keepalived/render-vrrp.ts';
import type { Listener } from '../../../../lib/models/objects/listener.ts';
import type { Pool } from '../../../../lib/models/objects/pool.ts';
import type { LoadBalancerTree } from '../../../../lib/models/objects/tree.ts';
import { haproxyInput } from '../../../fixtures/render/haproxy-cases.ts';
import { haproxyListener, type ListenerDraft, lvsListener } from './listeners.ts';
import { loadBalancer, pair, placedVips } from './load-balancers.ts';
import { policy } from './policies.ts';
import { haproxyPool, lvsPool } from './pools.ts';
import { type Served, treeOf } from './tree.ts';
import { oneOf, rarely } from './values.ts';

/** A tree, and what else its texts depend on; upstream.py reads it as JSON. */
export interface Case {
  readonly kind: 'haproxy' | 'lvs' | 'vrrp';
  readonly tree: LoadBalancerTree;
  readonly files: {
    readonly listeners: Readonly<Record<string, ListenerTlsFiles>>;
    readonly pools: Readonly<Record<string, PoolTlsFiles>>;
  };
  readonly options: HaproxyOptions;
  readonly haproxyVersion: string;
  readonly details: AmphoraDetails;
  /** The listener of an `lvs` case. */
  readonly listenerId: string;
  /** The amphora of a `vrrp` case. */
  readonly amphoraId: string;
  /** Addresses of a `vrrp` case. */
  readonly vips: readonly VipSubnet[];
}

const listenerFiles = (listener: Listener): ListenerTlsFiles => ({
  clientCa: listener.client_ca_tls_certificate_id && 'ca.pem',
  clientCrl: listener.client_crl_container_id && 'crl.pem',
});
const poolFiles = (pool: Pool): PoolTlsFiles => ({
  certificate: pool.tls_certificate_id && 'leaf.pem',
  ca: pool.ca_tls_certificate_id && 'ca.pem',
  crl: pool.crl_container_id && 'crl.pem',
});

const details: fc.Arbitrary<AmphoraDetails> = fc.record({
  cpuCount: oneOf(1, 2, 9),
  memory: oneOf(
    { free: 100_000, buffers: 1_000, cached: 20_000 },
    { free: 3_000_000, buffers: 100_000, cached: 400_000 },
    { free: 60_000_000, buffers: 0, cached: 0 },
  ),
  activeTunedProfiles: oneOf('', 'virtual-guest', 'virtual-guest amphora'),
});

const options: fc.Arbitrary<HaproxyOptions> = fc.record({
  basePath: rarely(4, fc.constant('/srv/octavia'), fc.constant('/var/lib/octavia')),
  baseCertDir: fc.constant('/var/lib/octavia/certs'),
  haproxyStickSize: oneOf('10k', '1m'),
  defaultConnectionLimit: oneOf(50_000, 10),
  timeouts: fc.record({
    timeout_client_data: oneOf(50_000, 7),
    timeout_member_connect: oneOf(5_000, 8),
    timeout_member_data: oneOf(50_000, 9),
    timeout_tcp_inspect: oneOf(0, 10),
  }),
  connectionLogging: fc.boolean(),
  userLogFacility: oneOf(0, 3),
  administrativeLogFacility: oneOf(1, 7),
});

/** haproxy 2.6 mostly; what is of other versions is chosen by their numbers. */
const version = rarely(3, oneOf('1.5.18', '1.8.8', '2.0.33', '2.2.9', '3.0.11'), fc.constant('2.6.12-1+deb12u1'));

const caseOf = (kind: Case['kind'], tree: fc.Arbitrary<LoadBalancerTree>, own: fc.Arbitrary<Partial<Case>>) =>
  fc.tuple(tree, fc.record({ details, options, haproxyVersion: version }), own).map(
    ([made, around, more]): Case => ({
      kind,
      tree: made,
      files: {
        listeners: Object.fromEntries(made.listeners.map((listener) => [listener.id, listenerFiles(listener)])),
        pools: Object.fromEntries(made.pools.map((pool) => [pool.id, poolFiles(pool)])),
      },
      listenerId: made.listeners[0]?.id ?? '',
      amphoraId: made.amphorae.find(({ status }) => status === 'ALLOCATED')?.id ?? '',
      vips: [],
      ...around,
      ...more,
    }),
  );

const served = (listener: fc.Arbitrary<ListenerDraft>): fc.Arbitrary<Served> =>
  fc.record({
    listener,
    pool: fc.option(fc.nat(9), { nil: null, freq: 8 }),
    policies: fc.array(policy, { maxLength: 3 }),
  });

const nothing = fc.constant({});

export const haproxyCase = caseOf(
  'haproxy',
  fc
    .tuple(
      loadBalancer,
      fc.array(served(haproxyListener), { minLength: 1, maxLength: 4 }),
      fc.array(haproxyPool, { maxLength: 4 }),
    )
    .map((parts) => treeOf(...parts)),
  nothing,
);

export const lvsCase = caseOf(
  'lvs',
  fc.tuple(loadBalancer, served(lvsListener), fc.array(lvsPool, { maxLength: 3 })).map(([owner, one, pools]) => {
    const isLeaving = one.listener.provisioning_status === 'PENDING_DELETE';
    const listener = isLeaving ? { ...one.listener, provisioning_status: 'ACTIVE' as const } : one.listener;
    return treeOf(owner, [{ ...one, listener }], pools);
  }),
  nothing,
);

export const vrrpCase = pair.chain((draft) =>
  caseOf(
    'vrrp',
    fc.constant(treeOf(draft, [], [])),
    placedVips(draft.loadBalancer).map((vips) => ({ vips })),
  ),
);

/** The input of the renderers for haproxy, without what reports bad values. */
export const asHaproxyInput = ({ tree, files, options: chosen, haproxyVersion, details: machine }: Case) =>
  haproxyInput({
    tree,
    options: chosen,
    haproxyVersion,
    details: machine,
    tls: { listeners: new Map(Object.entries(files.listeners)), pools: new Map(Object.entries(files.pools)) },
  });
