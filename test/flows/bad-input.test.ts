import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { cloudOfDocument } from '../../lib/openstack/identity/auth-options/clouds-file.ts';
import { type CloudSession, createCloudSession } from '../../lib/openstack/session.ts';
import { type Answer, LOAD_BALANCERS, type LoadBalancerApi } from '../cloud/load-balancer-api.ts';
import { certificate, forgetSecret, get, getOverTls, keepSecret } from '../cloud/traffic.ts';
import { newListener, newMember, newPolicy, newRule } from '../fixtures/children.ts';
import { expiredCertificate, mismatchedCertificate } from '../helpers/certificates.ts';
import { needs } from '../helpers/needs.ts';
import { tenant } from '../helpers/tenant.ts';
import { useBench } from './support/bench.ts';

/*
 * Bad input, one object at a time: the API refuses it and nothing is written, or that one object ends in ERROR with the
 * reason on its operation. Meanwhile the load balancer serves what it served.
 */

const bench = useBench();
const PORT = 8087;
const MISSING = '6a0a707c-45ef-4758-b533-e55adddba8ce';
const LBAAS = '/v2.0/lbaas';
const MONITOR = { type: 'TCP', delay: 5, timeout: 3, max_retries: 1 };

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
type Fields = Readonly<Record<string, unknown>>;

const must = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('There is nothing here.');
  return value;
};

const inside = ({ body }: Answer, wrapper: string): Shown =>
  object.parse(z.record(z.string(), z.unknown()).parse(body)[wrapper]);

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
  const status = async () => inside(await alice.call('GET', path), 'loadbalancer').provisioning_status;
  await expect.poll(status).toBe('ACTIVE');
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

/** A request that is refused, and leaves no trace. */
const refused = async (method: 'POST' | 'PUT', path: string, body: unknown, by = alice) => {
  const before = await listOperations();
  const answer = await by.call(method, `${LBAAS}/${path}`, body);
  expect(await listOperations()).toEqual(before);
  expect(await alice.call('GET', `${LOAD_BALANCERS}/${loadBalancer.id}`)).toMatchObject({
    body: { loadbalancer: { provisioning_status: 'ACTIVE', listeners: [{ id: listener }], pools: [{ id: pool }] } },
  });
  return [answer.status, z.object({ faultstring: z.string() }).parse(answer.body).faultstring] as const;
};

describe('what the API refuses', () => {
  const member = (fields: Fields) => ({ member: { address: '127.0.0.1', protocol_port: 1, ...fields } });
  const listenerOf = (fields: Fields) => ({
    listener: { loadbalancer_id: loadBalancer.id, protocol: 'HTTP', protocol_port: 8088, ...fields },
  });
  const rule = { type: 'PATH', compare_type: 'REGEX', value: '/a(' };

  it('is a member on a subnet that is not there', async () => {
    expect(await refused('POST', `pools/${pool}/members`, member({ subnet_id: MISSING }))).toEqual([
      400,
      `Subnet ${MISSING} not found.`,
    ]);
  });

  it('is a member, and a listener port, that are there already', async () => {
    const { members } = z
      .object({ members: z.array(z.looseObject({})) })
      .parse((await alice.call('GET', `${LBAAS}/pools/${pool}/members`)).body);
    const { address, protocol_port } = members[0] ?? {};
    expect(await refused('POST', `pools/${pool}/members`, member({ address, protocol_port }))).toEqual([
      409,
      `Another member on this pool is already using ip ${address} on protocol_port ${protocol_port}`,
    ]);
    for (const protocol of ['HTTP', 'TCP', 'PROMETHEUS']) {
      expect(await refused('POST', 'listeners', listenerOf({ protocol, protocol_port: PORT }))).toEqual([
        409,
        `Another Listener on this Load Balancer is already using protocol ${protocol} and protocol_port ${PORT}`,
      ]);
    }
  });

  it('is a pool that the listener cannot use, or a persistence that the pool cannot have', async () => {
    const [tcp, udp] = [listenerOf({ protocol: 'UDP', default_pool_id: pool }), { protocol: 'UDP' }];
    expect(await refused('POST', 'listeners', tcp)).toEqual([
      400,
      "Validation failure: The pool protocol 'HTTP' is invalid while the listener protocol is 'UDP'.",
    ]);
    const sticky = { lb_algorithm: 'ROUND_ROBIN', session_persistence: { type: 'HTTP_COOKIE' } };
    expect(await refused('POST', 'pools', { pool: { loadbalancer_id: loadBalancer.id, ...udp, ...sticky } })).toEqual([
      400,
      'Validation failure: Session persistence of type HTTP_COOKIE is not supported for UDP protocol pools.',
    ]);
  });

  it('is an L7 rule with a pattern that haproxy would refuse, also together with its listener', async () => {
    const body = listenerOf({ l7policies: [{ action: 'REJECT', rules: [rule] }] });
    const [status, text] = await refused('POST', 'listeners', body);
    expect([status, text]).toEqual([400, expect.stringMatching(/^Error parsing L7Rule: value is not a regular/)]);
  });

  it('is what belongs to another load balancer or another project', async () => {
    const other = await bob.create({ vip_subnet_id: bench.cloud().facts.vipSubnetId });
    await bob.settled(other.id);
    const fields = { loadbalancer_id: other.id, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' };
    const foreign = inside(await bob.call('POST', `${LBAAS}/pools`, { pool: fields }), 'pool').id;
    await bob.settled(other.id);
    const notFound = [404, `Pool ${foreign} not found.`];
    expect(await refused('POST', 'listeners', listenerOf({ default_pool_id: foreign }))).toEqual(notFound);
    expect(await refused('PUT', `listeners/${listener}`, { listener: { default_pool_id: foreign } })).toEqual(notFound);
    const policy = { listener_id: listener, action: 'REDIRECT_TO_POOL', redirect_pool_id: foreign };
    expect(await refused('POST', 'l7policies', { l7policy: policy })).toEqual(notFound);
    const forbidden = [403, 'Policy does not allow this request to be performed.'];
    expect(await refused('POST', `pools/${foreign}/members`, member({}))).toEqual(forbidden);
    expect(await refused('POST', 'healthmonitors', { healthmonitor: { pool_id: foreign, ...MONITOR } })).toEqual(
      forbidden,
    );
    expect(await refused('POST', 'listeners', listenerOf({}), bob)).toEqual(forbidden);
  });

  it('is a certificate that is missing, of another owner, expired, or not its key’s', async () => {
    const [own, foreign] = [await cloudOf('alice'), await cloudOf('bob')];
    const usable = Buffer.concat([certificate('leaf.pem'), certificate('leaf-key.pem')]);
    const told = async (reference: string) => {
      const [status, text] = await refused('POST', 'listeners', { listener: newTlsListener(reference, 8443) });
      expect(text).toContain(`Could not retrieve certificate: ${reference} `);
      return [status, text.slice(text.indexOf(reference) + reference.length + 1)];
    };
    const kept = await keepSecret(own, usable);
    await forgetSecret(own, kept);
    expect(await told(kept)).toEqual([400, 'is not in the key manager.']);
    expect(await told(await keepSecret(foreign, usable))).toEqual([400, 'may not be read.']);
    expect(await told(await keepSecret(own, await mismatchedCertificate()))).toEqual([
      400,
      'holds a private key that belongs to none of its certificates.',
    ]);
    expect(await told(await keepSecret(own, await expiredCertificate()))).toEqual([
      400,
      expect.stringMatching(/^has expired on \d{4}-\d\d-\d\dT[\d:.]+Z\.$/),
    ]);
  });

  it('is any certificate while the key manager does not answer', async () => {
    const kept = await keepSecret(await cloudOf('alice'), certificate('modern.p12'));
    bench.cloud().faults.add({ service: 'key-manager', status: 503 });
    expect(await refused('POST', 'listeners', { listener: newTlsListener(kept, 8443) })).toEqual([
      503,
      'A cloud service does not answer. Please try again.',
    ]);
  });
});

describe('a member whose address is not on the subnet that is named', () => {
  it('is accepted, as the subnet only says where it is reached from', async () => {
    const { memberSubnetId } = bench.cloud().facts;
    const fields = { address: '192.0.2.1', protocol_port: 80, subnet_id: memberSubnetId, backup: true };
    const { id } = await create(`pools/${pool}/members`, 'member', fields);
    await settled();
    expect(await statusOf(`pools/${pool}/members/${id}`, 'member')).toBe('ACTIVE');
    await remove(`pools/${pool}/members/${id}`);
  });
});

describe('a member that only the flow can find to be wrong', () => {
  it('ends in ERROR when its network takes no port, and is ACTIVE once it does', async () => {
    const body = { NeutronError: { type: 'IpAddressGenerationFailure', message: 'No more IP addresses available.' } };
    bench.cloud().faults.add({ service: 'network', method: 'POST', path: '/ports$', status: 409, body });
    const { memberSubnetId: subnet_id } = bench.cloud().facts;
    const fields = { address: '127.0.0.9', protocol_port: 9, subnet_id, backup: true };
    const { id } = await create(`pools/${pool}/members`, 'member', fields);
    await settled();
    await serves();
    const path = `pools/${pool}/members/${id}`;
    expect(await statusOf(path, 'member')).toBe('ERROR');
    expect(await failureOf(id)).toMatchObject({ status: 'FAILED', error_name: expect.any(String) });
    bench.cloud().faults.clear();
    await change(path, 'member', { weight: 2 });
    expect(await statusOf(path, 'member')).toBe('ACTIVE');
    await remove(path);
  });

  it('ends in ERROR when its subnet is gone, and can be deleted', async () => {
    const { tree } = await bench.lib().readTree(loadBalancer.id, { withMembers: false });
    const member = newMember(must(tree.pools[0]), { ip_address: '127.0.0.9', subnet_id: randomUUID(), backup: true });
    await bench.worker().createMember(member);
    await settled();
    await serves();
    const path = `pools/${pool}/members/${member.id}`;
    expect(await statusOf(path, 'member')).toBe('ERROR');
    expect(await failureOf(member.id)).toMatchObject({
      status: 'FAILED',
      error_name: 'CloudResourceNotFoundError',
      error_objects: [{ type: 'member', id: member.id }],
    });
    await remove(path);
  });
});

describe('a listener that only the flow can find to be wrong', () => {
  const owner = () => ({ id: loadBalancer.id, project_id: loadBalancer.project_id });

  needs('haproxy').it(
    'ends in ERROR when haproxy refuses its ciphers, with what it comes with sound, and is ACTIVE once they are right',
    async () => {
      const kept = await keepSecret(await cloudOf('alice'), certificate('modern.p12'));
      const { id, l7policies } = await create(
        'listeners',
        'listener',
        newTlsListener(kept, 8443, {
          tls_ciphers: 'NO-SUCH-CIPHER',
          l7policies: [{ action: 'REJECT', rules: [{ type: 'PATH', compare_type: 'EQUAL_TO', value: '/no' }] }],
        }),
      );
      await settled();
      await serves();
      expect(await statusOf(`listeners/${id}`, 'listener')).toBe('ERROR');
      expect(await failureOf(id)).toMatchObject({
        status: 'FAILED',
        error_name: 'AmphoraRequestError',
        error_message: expect.stringMatching(new RegExp(`^Listener ${id}: .*NO-SUCH-CIPHER`, 's')),
        error_objects: [{ type: 'listener', id }],
      });
      const [policy] = z.array(z.object({ id: z.string() })).parse(l7policies);
      expect(await statusOf(`l7policies/${policy?.id}`, 'l7policy')).toBe('ACTIVE');
      await change(`listeners/${id}`, 'listener', { tls_ciphers: null });
      expect(await statusOf(`listeners/${id}`, 'listener')).toBe('ACTIVE');
      await remove(`listeners/${id}`);
    },
  );

  it('ends in ERROR alone when its secret is lost before it is read, and can be deleted', async () => {
    const reference = `${bench.cloud().url}/key-manager/v1/secrets/${randomUUID()}`;
    const sick = newListener(owner(), {
      protocol: 'TERMINATED_HTTPS',
      protocol_port: 8443,
      tls_certificate_id: reference,
      default_pool_id: pool,
    });
    await bench.worker().createListener(sick);
    await settled();
    await serves();
    expect(await statusOf(`listeners/${sick.id}`, 'listener')).toBe('ERROR');
    expect(await failureOf(sick.id)).toMatchObject({
      status: 'FAILED',
      error_name: 'CertificateRetrievalError',
      error_message: `Listener ${sick.id}: Could not retrieve certificate: ${reference} is not in the key manager.`,
      error_objects: [{ type: 'listener', id: sick.id }],
    });
    await remove(`listeners/${sick.id}`);
  });

  it('ends in ERROR while the key manager does not answer, and is ACTIVE once it does', async () => {
    const kept = await keepSecret(await cloudOf('octavia'), certificate('modern.p12'));
    const late = newListener(owner(), {
      protocol: 'TERMINATED_HTTPS',
      protocol_port: 8443,
      tls_certificate_id: kept,
      default_pool_id: pool,
    });
    bench.cloud().faults.add({ service: 'key-manager', status: 503 });
    await bench.worker().createListener(late);
    await settled();
    await serves();
    expect(await statusOf(`listeners/${late.id}`, 'listener')).toBe('ERROR');
    expect(await failureOf(late.id)).toMatchObject({
      status: 'FAILED',
      error_name: 'CloudUnavailableError',
      error_objects: [{ type: 'listener', id: late.id }],
    });
    bench.cloud().faults.clear();
    await change(`listeners/${late.id}`, 'listener', { connection_limit: 7 });
    expect(await statusOf(`listeners/${late.id}`, 'listener')).toBe('ACTIVE');
    await remove(`listeners/${late.id}`);
  });
});

describe('a listener that is served, and whose secret cannot be read any more', () => {
  it('goes on, and takes changes that want no other secret', async () => {
    const own = await cloudOf('alice');
    const kept = await keepSecret(own, certificate('modern.p12'));
    const { id } = await create('listeners', 'listener', newTlsListener(kept, 8443));
    await settled();
    const speaksTls = async () => {
      if (!bench.cloud().runsHaproxy) return;
      expect(await getOverTls(loadBalancer.vip, 'www.example.com', 8443)).toMatchObject({ status: 200 });
    };
    bench.cloud().faults.add({ service: 'key-manager', status: 503 });
    await change(`listeners/${listener}`, 'listener', { connection_limit: 700 });
    await speaksTls();
    bench.cloud().faults.clear();
    await forgetSecret(own, kept);
    await change(`listeners/${id}`, 'listener', { connection_limit: 7 });
    await speaksTls();
    for (const one of [id, listener]) expect(await statusOf(`listeners/${one}`, 'listener')).toBe('ACTIVE');
    await remove(`listeners/${id}`);
  });
});

describe('an L7 rule that only the flow can find to be wrong', () => {
  it('ends in ERROR with its new policy, which is tried again with it', async () => {
    const { tree } = await bench.lib().readTree(loadBalancer.id, { withMembers: false });
    const policy = newPolicy(must(tree.listeners[0]));
    const rules = [
      newRule(policy, { value: '/' }),
      newRule(policy, { type: 'HOST_NAME', compare_type: 'REGEX', value: 'nobody(' }),
    ] as const;
    await bench.worker().createL7Policy(policy, rules);
    await settled();
    // Acting without its second rule it would reject everything.
    await serves();
    const [good, bad] = rules;
    const path = `l7policies/${policy.id}/rules`;
    expect(await statusOf(`${path}/${bad.id}`, 'rule')).toBe('ERROR');
    expect(await statusOf(`${path}/${good.id}`, 'rule')).toBe('ACTIVE');
    expect(await statusOf(`l7policies/${policy.id}`, 'l7policy')).toBe('ERROR');
    expect(await failureOf(bad.id)).toMatchObject({
      status: 'FAILED',
      error_name: 'UnrenderableValueError',
      error_message: expect.stringMatching(
        new RegExp(`^L7Rule ${bad.id}: value is not a regular expression.* L7Policy ${policy.id}: cannot act without`),
      ),
      error_objects: [
        { type: 'l7rule', id: bad.id },
        { type: 'l7policy', id: policy.id },
      ],
    });
    await change(`${path}/${bad.id}`, 'rule', { value: 'nobody' });
    expect(await statusOf(`${path}/${bad.id}`, 'rule')).toBe('ACTIVE');
    expect(await statusOf(`l7policies/${policy.id}`, 'l7policy')).toBe('ACTIVE');
    if (bench.cloud().runsHaproxy) {
      const url = `http://${loadBalancer.vip}:${PORT}/`;
      expect(await get(url, { host: 'nobody' })).toMatchObject({ status: 403 });
    }
    await remove(`l7policies/${policy.id}`);
  });
});
