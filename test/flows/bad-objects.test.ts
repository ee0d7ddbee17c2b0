import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { certificate, forgetSecret, get, getOverTls, keepSecret } from '../cloud/traffic.ts';
import { newListener, newMember, newPolicy, newRule } from '../fixtures/children.ts';
import { needs } from '../helpers/needs.ts';
import { PORT, useServingLoadBalancer } from './support/bad-input/scene.ts';

/*
 * Bad input, one object at a time, that only the flow can find: that one object ends in ERROR with the reason on its
 * operation. Meanwhile the load balancer serves what it served.
 */

const { bench, loadBalancer, ids, cloudOf, newTlsListener, ...scene } = useServingLoadBalancer();
const { settled, create, change, remove, statusOf, failureOf, serves } = scene;

const must = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('There is nothing here.');
  return value;
};

describe('a member whose address is not on the subnet that is named', () => {
  it('is accepted, as the subnet only says where it is reached from', async () => {
    const { memberSubnetId } = bench.cloud().facts;
    const fields = { address: '192.0.2.1', protocol_port: 80, subnet_id: memberSubnetId, backup: true };
    const { id } = await create(`pools/${ids().pool}/members`, 'member', fields);
    await settled();
    expect(await statusOf(`pools/${ids().pool}/members/${id}`, 'member')).toBe('ACTIVE');
    await remove(`pools/${ids().pool}/members/${id}`);
  });
});

describe('a member that only the flow can find to be wrong', () => {
  it('ends in ERROR when its network takes no port, and is ACTIVE once it does', async () => {
    const body = { NeutronError: { type: 'IpAddressGenerationFailure', message: 'No more IP addresses available.' } };
    bench.cloud().faults.add({ service: 'network', method: 'POST', path: '/ports$', status: 409, body });
    const { memberSubnetId: subnet_id } = bench.cloud().facts;
    const fields = { address: '127.0.0.9', protocol_port: 9, subnet_id, backup: true };
    const { id } = await create(`pools/${ids().pool}/members`, 'member', fields);
    await settled();
    await serves();
    const path = `pools/${ids().pool}/members/${id}`;
    expect(await statusOf(path, 'member')).toBe('ERROR');
    expect(await failureOf(id)).toMatchObject({ status: 'FAILED', error_name: expect.any(String) });
    bench.cloud().faults.clear();
    await change(path, 'member', { weight: 2 });
    expect(await statusOf(path, 'member')).toBe('ACTIVE');
    await remove(path);
  });

  it('ends in ERROR when its subnet is gone, and can be deleted', async () => {
    const { tree } = await bench.lib().readTree(loadBalancer().id, { withMembers: false });
    const member = newMember(must(tree.pools[0]), { ip_address: '127.0.0.9', subnet_id: randomUUID(), backup: true });
    await bench.worker().createMember(member);
    await settled();
    await serves();
    const path = `pools/${ids().pool}/members/${member.id}`;
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
  const owner = () => ({ id: loadBalancer().id, project_id: loadBalancer().project_id });

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
      default_pool_id: ids().pool,
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
      default_pool_id: ids().pool,
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
      expect(await getOverTls(loadBalancer().vip, 'www.example.com', 8443)).toMatchObject({ status: 200 });
    };
    bench.cloud().faults.add({ service: 'key-manager', status: 503 });
    await change(`listeners/${ids().listener}`, 'listener', { connection_limit: 700 });
    await speaksTls();
    bench.cloud().faults.clear();
    await forgetSecret(own, kept);
    await change(`listeners/${id}`, 'listener', { connection_limit: 7 });
    await speaksTls();
    for (const one of [id, ids().listener]) expect(await statusOf(`listeners/${one}`, 'listener')).toBe('ACTIVE');
    await remove(`listeners/${id}`);
  });
});

describe('an L7 rule that only the flow can find to be wrong', () => {
  it('ends in ERROR with its new policy, which is tried again with it', async () => {
    const { tree } = await bench.lib().readTree(loadBalancer().id, { withMembers: false });
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
      const url = `http://${loadBalancer().vip}:${PORT}/`;
      expect(await get(url, { host: 'nobody' })).toMatchObject({ status: 403 });
    }
    await remove(`l7policies/${policy.id}`);
  });
});
