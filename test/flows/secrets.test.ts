import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { OperationHandle } from '../../lib/worker/operation-handle.ts';
import { newListener, newPool } from '../fixtures/children.ts';
import { tenant } from '../helpers/tenant.ts';
import { fixtures } from '../unit/lib/tls/fixture.ts';
import { useBench } from './support/bench.ts';
import { cloudThings } from './support/cloud-things.ts';

const bench = useBench({ settings: { LOG_LEVEL: 'DEBUG' } });
const things = cloudThings();

/** Everything that was logged. */
let log = '';
const out = vi.spyOn(process.stdout, 'write');
beforeAll(() => {
  out.mockImplementation((text) => {
    log += String(text);
    return true;
  });
});
afterAll(() => out.mockRestore());

/** What may not be in a history, a record or a log, whatever its value. */
const SECRETS: Readonly<Record<string, RegExp>> = {
  'a key or a certificate': /-----BEGIN|PRIVATE KEY/,
  'a token': new RegExp(Buffer.from('{"user":"').toString('base64url')),
  'a password of the cloud': /local-secret/,
};

const found = (text: string, known: readonly string[]): readonly string[] => [
  ...Object.entries(SECRETS).flatMap(([name, pattern]) => (pattern.test(text) ? [name] : [])),
  ...known.filter((secret) => text.includes(secret)),
];

test('no history, record or log of a load balancer’s life has a key, a token or a password in it', async () => {
  const reference = await things.secret(fixtures('leaf.pem', 'chain.pem', 'leaf-key.pem'));
  const { id, handle } = await bench.created({ topology: 'ACTIVE_STANDBY' }, (owner) => {
    const pool = newPool(owner);
    const secured = { protocol: 'TERMINATED_HTTPS', protocol_port: 443, tls_certificate_id: reference } as const;
    return [
      { kind: 'pool', object: pool },
      { kind: 'listener', object: newListener(owner, { default_pool_id: pool.id, ...secured }) },
    ];
  });
  const worker = bench.worker();
  const handles: OperationHandle[] = [handle];
  const run = async (started: Promise<OperationHandle>) => {
    handles.push(await started);
    await bench.ended(await started);
  };
  const { load_balancer: loadBalancer, listeners } = await bench.lib().getTree(id);
  const [amphora] = await bench.amphorae(id);
  await run(worker.updateListener(String(listeners[0]?.id), { tls_certificate_id: `${reference}0` }));
  await run(worker.rotateAmphoraCertificate(String(amphora?.id)));
  await run(worker.failoverAmphora(String(amphora?.id)));
  await run(worker.deleteLoadBalancer(id));
  await (await tenant(bench.stack())).call('GET', `/v2.0/lbaas/loadbalancers/${id}`);

  const known = [String(loadBalancer.vrrp_group?.vrrp_auth_pass), String(process.env.HEARTBEAT_KEY)];
  expect(known.every((secret) => secret.length > 6)).toBe(true);
  const histories = await Promise.all(handles.map(async (one) => JSON.stringify(await bench.history(one))));
  const records = JSON.stringify(await bench.lib().listOperations(id));
  expect(log).toContain('step succeeded');
  expect(records).toContain('UpdateVIPSecurityGroup');
  for (const history of histories) expect(history).toContain('StateEntered');
  for (const text of [...histories, records, log]) expect(found(text, known)).toEqual([]);
});
