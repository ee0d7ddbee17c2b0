import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { CloudSession } from '../../lib/openstack/session.ts';
import { type Life, type Lives, openLives } from './dependencies/life.ts';
import { type ApiService, startServices, stopServices } from './dependencies/services.ts';
import { createStage, haltAt } from './dependencies/stage.ts';
import { cloudFacts } from './facts.ts';
import { inRecipe } from './in-recipe.ts';
import { useRealStack } from './real-stack.ts';
import { sessionOf } from './sign-in.ts';
import { certificate, forgetSecret, keepSecret } from './traffic.ts';

/** How long services are away before they are started again; their start takes some seconds more. */
const AWAY_MS = 8_000;

interface Outage {
  readonly services: readonly ApiService[];
  /** Before which task each flow stands when they go away. */
  readonly at: { readonly create: string; readonly failover: string; readonly member: string; readonly remove: string };
}

/** A secret of the tenant's for a listener that ends TLS, while the file's tests run. */
const useSecret = (): (() => string) => {
  let session: CloudSession | null = null;
  let secret = '';
  beforeAll(async () => {
    const facts = cloudFacts();
    session = sessionOf(facts.OS_CLIENT_CONFIG_FILE, facts.TEST_TENANT_CLOUD);
    secret = await keepSecret(session, certificate('modern.p12'));
  });
  afterAll(async () => {
    if (session === null) return;
    await forgetSecret(session, secret);
    await session.close();
  });
  return () => secret;
};

const withTls = (secret: string) => {
  const pool = (name: string) => ({ name, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' });
  const secured = { protocol: 'TERMINATED_HTTPS', protocol_port: 443, default_tls_container_ref: secret };
  return { listeners: [{ name: 'secured', ...secured, default_pool: pool('secured') }] };
};

/** What became of one, with all there is to say about it. */
const outcome = async ({ life, status }: { readonly life: Life; readonly status: string | null }) => ({
  status,
  failures: await life.failures(),
  problems: await life.problems(),
});
const fine = (status: string | null) => ({ status, failures: [], problems: [] });

/** Three load balancers, for each of what is done to one, and a stack whose seconds last that long. */
const useFour = (secondMs: number) => {
  const secret = useSecret();
  const stage = createStage();
  const real = useRealStack({}, { aroundTask: stage.aroundTask, secondMs });
  const all: Life[] = [];
  let lives: Lives | null = null;
  const begin: Lives['begin'] = async (_fields, before) => {
    if (lives === null) throw new Error('The stack runs from beforeAll on.');
    const begun = await lives.begin(withTls(secret()), before);
    all.push(begun.life);
    return begun;
  };
  const made = async (): Promise<Life> => {
    const { life, rest } = await begin();
    expect(await rest, (await life.failures()).join()).toBe('ACTIVE');
    return life;
  };
  beforeAll(async () => {
    lives = await openLives(real(), stage);
  });
  afterEach(() => startServices(real().facts));
  afterAll(async () => {
    await startServices(real().facts);
    await Promise.all(all.map((life) => life.discard()));
  });

  /** Brings all four flows to their places, takes the services away, lets the flows go on, and answers what becomes of them. */
  const strike = async ({ services, at }: Outage, [failing, changing, leaving]: readonly [Life, Life, Life]) => {
    const halts = {
      create: haltAt(at.create),
      failover: haltAt(at.failover),
      member: haltAt(at.member),
      remove: haltAt(at.remove),
    };
    const created = await begin({}, halts.create.before);
    const acts = {
      create: created.rest.then((status) => ({ life: created.life, status })),
      failover: failing.failover(halts.failover.before).then((status) => ({ life: failing, status })),
      member: changing.toggleMember(halts.member.before).then((status) => ({ life: changing, status })),
      remove: leaving.remove(halts.remove.before).then((status) => ({ life: leaving, status })),
    };
    await Promise.all(Object.values(halts).map(({ reached }) => reached));
    await stopServices(real().facts, services);
    const begun = Date.now();
    for (const halt of Object.values(halts)) halt.letGo();
    const [create, failover, member, remove] = [acts.create, acts.failover, acts.member, acts.remove].map(
      async (act) => {
        const result = await act;
        return { ...result, restMs: Date.now() - begun };
      },
    );
    if (!create || !failover || !member || !remove) throw new Error('four were begun');
    return { create, failover, member, remove };
  };
  return { real, made, strike };
};

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

inRecipe.describe('services that are restarted under a create, a failover, a new member and a delete', () => {
  const { real, made, strike } = useFour(1000);
  const outages: readonly Outage[] = [
    {
      services: ['neutron'],
      at: {
        create: 'CreateBasePort',
        failover: 'HandleNetworkDeltas',
        member: 'HandleNetworkDeltas',
        remove: 'DeallocateVIP',
      },
    },
    {
      services: ['nova-api'],
      at: { create: 'ComputeCreate', failover: 'AmphoraWait', member: 'HandleNetworkDeltas', remove: 'ComputeDelete' },
    },
    {
      services: ['keystone', 'barbican'],
      at: {
        create: 'ListenersUpdate',
        failover: 'ListenersUpdate',
        member: 'ListenersUpdate',
        remove: 'DeleteVIPSecurityGroup',
      },
    },
  ];
  let standing: [Life, Life, Life];
  beforeAll(async () => {
    standing = await Promise.all([made(), made(), made()]);
  });

  it.for(outages)('$services: all operations complete without intervention', async (outage) => {
    const four = await strike(outage, standing);
    await wait(AWAY_MS);
    await startServices(real().facts, outage.services);
    const ended = {
      create: await four.create,
      failover: await four.failover,
      member: await four.member,
      remove: await four.remove,
    };
    const outcomes = {
      create: await outcome(ended.create),
      failover: await outcome(ended.failover),
      member: await outcome(ended.member),
      remove: await outcome(ended.remove),
    };
    expect(outcomes).toEqual({
      create: fine('ACTIVE'),
      failover: fine('ACTIVE'),
      member: fine('ACTIVE'),
      remove: fine(null),
    });
    const worst = Math.max(...Object.values(ended).map(({ restMs }) => restMs));
    console.log(`${outage.services.join(' and ')} restarted: all settled ${seconds(worst)} after the stop`);
    standing = [standing[0], standing[1], ended.create.life];
  });
});

inRecipe.describe('services that are away for longer than a flow waits', () => {
  // A flow waits a twentieth of its time, so that the outage need not last minutes.
  const { real, made, strike } = useFour(50);
  const outages: readonly (Outage & { readonly names: RegExp })[] = [
    {
      services: ['neutron'],
      at: {
        create: 'CreateBasePort',
        failover: 'CreateBasePort',
        member: 'HandleNetworkDeltas',
        remove: 'DeallocateVIP',
      },
      names: /CloudUnavailableError: network /,
    },
    {
      services: ['nova-api'],
      at: {
        create: 'ComputeCreate',
        failover: 'ComputeCreate',
        member: 'HandleNetworkDeltas',
        remove: 'ComputeDelete',
      },
      names: /CloudUnavailableError: compute /,
    },
  ];
  let standing: [Life, Life, Life];
  beforeAll(async () => {
    standing = await Promise.all([made(), made(), made()]);
  });

  it.for(outages)('$services: ERROR with its name, and all can be used or deleted when it is back', async (outage) => {
    const four = await strike(outage, standing);
    const ended = {
      create: await four.create,
      failover: await four.failover,
      member: await four.member,
      remove: await four.remove,
    };
    const failed = (status: string) => ({ status, failures: [expect.stringMatching(outage.names)], problems: [] });
    const failures = await Promise.all(
      Object.values(ended).map(async ({ life, status }) => ({ status, failures: (await life.failures()).slice(-1) })),
    );
    expect(failures).toEqual(
      ['ERROR', 'ERROR', 'ACTIVE', 'ERROR'].map((status) => ({ status, failures: failed(status).failures })),
    );
    await startServices(real().facts, outage.services);
    const [failing, changing, leaving] = standing;
    const [removed, repaired, changed, left, next] = await Promise.all([
      ended.create.life.remove(),
      failing.failover(),
      changing.toggleMember(),
      leaving.remove(),
      made(),
    ]);
    expect([removed, repaired, changed, left]).toEqual([null, 'ACTIVE', 'ACTIVE', null]);
    for (const life of [ended.create.life, failing, changing, leaving, next]) expect(await life.problems()).toEqual([]);
    const worst = Math.max(...Object.values(ended).map(({ restMs }) => restMs));
    console.log(
      `${outage.services.join(' and ')} away: all in ERROR ${seconds(worst)} after the stop, on a clock of 50 ms a second`,
    );
    standing = [failing, changing, next];
  });
});
