import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { LOAD_BALANCERS } from '../cloud/load-balancer-api.ts';
import { certificate, forgetSecret, keepSecret } from '../cloud/traffic.ts';
import { expiredCertificate, mismatchedCertificate } from '../helpers/certificates.ts';
import { type Fields, inside, LBAAS, PORT, useServingLoadBalancer } from './support/bad-input/scene.ts';

/* Bad input that the API refuses: nothing is written, and meanwhile the load balancer serves what it served. */

const { bench, alice, bob, loadBalancer, ids, listOperations, cloudOf, newTlsListener } = useServingLoadBalancer();
const MISSING = '6a0a707c-45ef-4758-b533-e55adddba8ce';
const MONITOR = { type: 'TCP', delay: 5, timeout: 3, max_retries: 1 };

/** A request that is refused, and leaves no trace. */
const refused = async (method: 'POST' | 'PUT', path: string, body: unknown, by = alice()) => {
  const before = await listOperations();
  const answer = await by.call(method, `${LBAAS}/${path}`, body);
  expect(await listOperations()).toEqual(before);
  expect(await alice().call('GET', `${LOAD_BALANCERS}/${loadBalancer().id}`)).toMatchObject({
    body: {
      loadbalancer: { provisioning_status: 'ACTIVE', listeners: [{ id: ids().listener }], pools: [{ id: ids().pool }] },
    },
  });
  return [answer.status, z.object({ faultstring: z.string() }).parse(answer.body).faultstring] as const;
};

describe('what the API refuses', () => {
  const member = (fields: Fields) => ({ member: { address: '127.0.0.1', protocol_port: 1, ...fields } });
  const listenerOf = (fields: Fields) => ({
    listener: { loadbalancer_id: loadBalancer().id, protocol: 'HTTP', protocol_port: 8088, ...fields },
  });
  const rule = { type: 'PATH', compare_type: 'REGEX', value: '/a(' };

  it('is a member on a subnet that is not there', async () => {
    expect(await refused('POST', `pools/${ids().pool}/members`, member({ subnet_id: MISSING }))).toEqual([
      400,
      `Subnet ${MISSING} not found.`,
    ]);
  });

  it('is a member, and a listener port, that are there already', async () => {
    const { members } = z
      .object({ members: z.array(z.looseObject({})) })
      .parse((await alice().call('GET', `${LBAAS}/pools/${ids().pool}/members`)).body);
    const { address, protocol_port } = members[0] ?? {};
    expect(await refused('POST', `pools/${ids().pool}/members`, member({ address, protocol_port }))).toEqual([
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
    const [tcp, udp] = [listenerOf({ protocol: 'UDP', default_pool_id: ids().pool }), { protocol: 'UDP' }];
    expect(await refused('POST', 'listeners', tcp)).toEqual([
      400,
      "Validation failure: The pool protocol 'HTTP' is invalid while the listener protocol is 'UDP'.",
    ]);
    const sticky = { lb_algorithm: 'ROUND_ROBIN', session_persistence: { type: 'HTTP_COOKIE' } };
    expect(await refused('POST', 'pools', { pool: { loadbalancer_id: loadBalancer().id, ...udp, ...sticky } })).toEqual(
      [400, 'Validation failure: Session persistence of type HTTP_COOKIE is not supported for UDP protocol pools.'],
    );
  });

  it('is an L7 rule with a pattern that haproxy would refuse, also together with its listener', async () => {
    const body = listenerOf({ l7policies: [{ action: 'REJECT', rules: [rule] }] });
    const [status, text] = await refused('POST', 'listeners', body);
    expect([status, text]).toEqual([400, expect.stringMatching(/^Error parsing L7Rule: value is not a regular/)]);
  });

  it('is what belongs to another load balancer or another project', async () => {
    const other = await bob().create({ vip_subnet_id: bench.cloud().facts.vipSubnetId });
    await bob().settled(other.id);
    const fields = { loadbalancer_id: other.id, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' };
    const foreign = inside(await bob().call('POST', `${LBAAS}/pools`, { pool: fields }), 'pool').id;
    await bob().settled(other.id);
    const notFound = [404, `Pool ${foreign} not found.`];
    expect(await refused('POST', 'listeners', listenerOf({ default_pool_id: foreign }))).toEqual(notFound);
    expect(await refused('PUT', `listeners/${ids().listener}`, { listener: { default_pool_id: foreign } })).toEqual(
      notFound,
    );
    const policy = { listener_id: ids().listener, action: 'REDIRECT_TO_POOL', redirect_pool_id: foreign };
    expect(await refused('POST', 'l7policies', { l7policy: policy })).toEqual(notFound);
    const forbidden = [403, 'Policy does not allow this request to be performed.'];
    expect(await refused('POST', `pools/${foreign}/members`, member({}))).toEqual(forbidden);
    expect(await refused('POST', 'healthmonitors', { healthmonitor: { pool_id: foreign, ...MONITOR } })).toEqual(
      forbidden,
    );
    expect(await refused('POST', 'listeners', listenerOf({}), bob())).toEqual(forbidden);
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
