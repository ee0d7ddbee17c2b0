import { createServer } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest';
import * as z from 'zod';
import { cloudOfDocument } from '../../../../lib/openstack/identity/auth-options/clouds-file.ts';
import { type CloudSession, createCloudSession } from '../../../../lib/openstack/session.ts';
import { type Answer, LOAD_BALANCERS, type LoadBalancerApi } from '../../../cloud/load-balancer-api.ts';
import { get } from '../../../cloud/traffic.ts';
import { tenant } from '../../../helpers/tenant.ts';
import { patience } from '../../../patience.ts';
import { useBench } from '../bench.ts';

const { poll } = patience.expect;

/** The port of the listener that serves meanwhile. */
export const PORT = 8087;
export const LBAAS = '/v2.0/lbaas';

const object = z.looseObject({ id: z.string() });
type Shown = z.infer<typeof object>;
const operations = z.object({
  operations: z.array(
    z.looseObject({
      status: z.string(),
      error_name: z.string().nullable(),
      error_message: z.string().nullable(),
      error_objects: z.array(z.object({ type: z.string(), id: z.string() })),
    }),
  ),
});
export type Fields = Readonly<Record<string, unknown>>;

export const inside = ({ body }: Answer, wrapper: string): Shown =>
  object.parse(z.record(z.string(), z.unknown()).parse(body)[wrapper]);

/**
 * A load balancer that serves a listener with one member, before and after each test. Its owner is alice; bob is of another
 * project.
 */
export const useServingLoadBalancer = () => {
  const bench = useBench();
  const server = createServer((_request, answer) => answer.setHeader('x-member', 'web').end());
  const sessions: CloudSession[] = [];
  let alice: LoadBalancerApi;
  let bob: LoadBalancerApi;
  let loadBalancer: { readonly id: string; readonly project_id: string; readonly vip: string };
  let pool: string;
  let listener: string;

  /** A user's own session with the cloud, to keep secrets in. */
  const cloudOf = async (user: string): Promise<CloudSession> => {
    const authOptions = async () => cloudOfDocument(bench.cloud().cloudsYaml(), user, 'stand-in');
    const session = createCloudSession({ authOptions, requestTimeout: 20_000, connectTimeout: 2_000 });
    sessions.push(session);
    return session;
  };

  const settled = async (): Promise<void> => {
    const path = `${LOAD_BALANCERS}/${loadBalancer.id}`;
    const shown = async () => inside(await alice.call('GET', path), 'loadbalancer');
    // `expect.poll` works in tests alone, and hooks call this too.
    await vi.waitFor(async () => expect(await shown()).toMatchObject({ provisioning_status: 'ACTIVE' }), poll);
  };

  const create = async (path: string, wrapper: string, fields: Fields): Promise<Shown> => {
    const answer = await alice.call('POST', `${LBAAS}/${path}`, { [wrapper]: fields });
    expect([answer.status, answer.body]).toMatchObject([201, { [wrapper]: {} }]);
    return inside(answer, wrapper);
  };

  const change = async (path: string, wrapper: string, fields: Fields): Promise<void> => {
    const answer = await alice.call('PUT', `${LBAAS}/${path}`, { [wrapper]: fields });
    expect([answer.status, answer.body]).toMatchObject([200, {}]);
    await settled();
  };

  const remove = async (path: string): Promise<void> => {
    expect((await alice.call('DELETE', `${LBAAS}/${path}`)).status).toBe(204);
    await settled();
    expect((await alice.call('GET', `${LBAAS}/${path}`)).status).toBe(404);
  };

  const statusOf = async (path: string, wrapper: string) =>
    inside(await alice.call('GET', `${LBAAS}/${path}`), wrapper).provisioning_status;

  const listOperations = async () =>
    operations.parse((await alice.call('GET', `${LOAD_BALANCERS}/${loadBalancer.id}/operations`)).body).operations;

  /** The latest operation whose error is about the object. */
  const failureOf = async (id: string) =>
    (await listOperations()).find(({ error_objects }) => error_objects.some((one) => one.id === id));

  const serves = async () => {
    if (!bench.cloud().runsHaproxy) return;
    expect(await get(`http://${loadBalancer.vip}:${PORT}`)).toMatchObject({ status: 200, member: 'web' });
  };

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const protocol_port = typeof address === 'object' && address !== null ? address.port : 0;
    [alice, bob] = [await tenant(bench.stack()), await tenant(bench.stack(), 'bob')];
    const made = await alice.create({ vip_subnet_id: bench.cloud().facts.vipSubnetId });
    const shown = z.looseObject({ project_id: z.string(), vip_address: z.string() }).parse(made);
    loadBalancer = { id: made.id, project_id: shown.project_id, vip: shown.vip_address };
    await settled();
    const members = [{ address: '127.0.0.1', protocol_port }];
    const answered = await create('listeners', 'listener', {
      loadbalancer_id: made.id,
      protocol: 'HTTP',
      protocol_port: PORT,
      default_pool: { protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN', members },
    });
    [listener, pool] = [answered.id, z.string().parse(answered.default_pool_id)];
    await settled();
  });
  beforeEach(serves);
  afterEach(async () => {
    bench.cloud().faults.clear();
    await settled();
    await serves();
  });
  afterAll(async () => {
    server.close();
    await Promise.all(sessions.map((session) => session.close()));
  });

  const newTlsListener = (reference: string, protocol_port: number, fields: Fields = {}): Fields => ({
    loadbalancer_id: loadBalancer.id,
    protocol: 'TERMINATED_HTTPS',
    protocol_port,
    default_tls_container_ref: reference,
    default_pool_id: pool,
    ...fields,
  });

  return {
    bench,
    alice: () => alice,
    bob: () => bob,
    loadBalancer: () => loadBalancer,
    ids: () => ({ pool, listener }),
    ...{ cloudOf, settled, create, change, remove, statusOf, listOperations, failureOf, serves, newTlsListener },
  };
};
