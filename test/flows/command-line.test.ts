import { request } from 'undici';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { run } from '../../cli/program.ts';
import { LOAD_BALANCERS, type LoadBalancerApi } from '../cloud/load-balancer-api.ts';
import { useStack } from '../helpers/stack.ts';
import { signIn, tenant } from '../helpers/tenant.ts';

const stack = useStack();

const PASSWORD = 'local-secret';

/** The variables of OpenStack's clients for a user of the stand-in cloud. */
const variables = (user: string, project: string): Readonly<Record<string, string>> => ({
  OS_AUTH_URL: stack().cloud?.authUrl ?? '',
  OS_USERNAME: user,
  OS_PASSWORD: PASSWORD,
  OS_PROJECT_NAME: project,
  OS_USER_DOMAIN_NAME: 'Default',
  OS_PROJECT_DOMAIN_NAME: 'Default',
});

/** What one command line writes, and its exit code. @param answer to its question; null without a terminal */
const typed = async (
  line: string,
  environment: Readonly<Record<string, string>>,
  answer: boolean | null = null,
  stop = new AbortController(),
) => {
  let [out, errors] = ['', ''];
  const exitCode = await run(line.split(' '), environment, {
    write: (text) => {
      out += text;
    },
    complain: (text) => {
      errors += text;
    },
    style: (_style, text) => text,
    confirm: async () => answer,
    signal: stop.signal,
  });
  expect(out + errors).not.toContain(PASSWORD);
  expect(errors).not.toMatch(/^ +at /m);
  return { exitCode, out, errors };
};
const asOperator = (line: string, answer: boolean | null = null) => typed(line, variables('admin', 'admin'), answer);
const asAlice = (line: string) => typed(line, variables('alice', 'project-a'));

const create = async (alice: LoadBalancerApi, fields: Readonly<Record<string, unknown>> = {}) => {
  const { id } = await alice.create({ vip_subnet_id: stack().cloud?.facts.vipSubnetId, ...fields });
  await alice.settled(id);
  return id;
};

const failNextServer = async () => {
  stack().cloud?.faults.failNextServer('No valid host was found.');
};

describe('the command line', () => {
  it('says in words why a creation failed, to operators with the facts and to tenants without', async () => {
    const alice = await tenant(stack());
    await failNextServer();
    const id = await create(alice, { name: 'lb\u001b[2J1' });
    const operators = await asOperator(`why ${id}`);
    expect(operators.exitCode).toBe(1);
    expect(operators.out).toContain(`load balancer ${id} "lb\\u001b[2J1" is ERROR`);
    expect(operators.out).toContain('create-load-balancer failed to get the new amphora running: step AmphoraWait');
    expect(operators.out).toContain('No valid host was found.');
    expect(operators.out).toContain('- look at: quota, hosts, flavor');
    expect(operators.out).toContain(`openstack loadbalancer delete --cascade ${id}`);
    const tenants = await asAlice(`why ${id}`);
    expect(tenants.exitCode).toBe(1);
    expect(tenants.out).toContain('There is no capacity for the load balancer now.');
    expect(tenants.out).not.toContain('No valid host');
    expect(tenants.out).not.toContain('What to do');
    const status = await asOperator('status');
    expect(status.exitCode).toBe(1);
    expect(status.out).toContain(`load balancer ${id} is in ERROR: deploy-worker why ${id}`);
    const failed = await asOperator('operations list --status failed -o json');
    const [operation] = JSON.parse(failed.out);
    expect(operation).toMatchObject({ loadbalancer_id: id, status: 'FAILED', error_name: 'ComputeBuildError' });
    expect((await asOperator(`operations watch ${operation.id}`)).exitCode).toBe(1);
    const retried = await asOperator(`operations retry ${operation.id}`);
    expect([retried.exitCode, retried.errors]).toEqual([1, expect.stringContaining('has ended (FAILED)')]);
    await alice.call('DELETE', `${LOAD_BALANCERS}/${id}`);
    await alice.settled(id);
  });

  it('finds every kind of object by its id alone', async () => {
    const alice = await tenant(stack());
    const rule = { type: 'PATH', compare_type: 'STARTS_WITH', value: '/old' };
    const pool = {
      name: 'p1',
      protocol: 'HTTP',
      lb_algorithm: 'ROUND_ROBIN',
      members: [{ address: '10.2.0.5', protocol_port: 80 }],
      healthmonitor: { type: 'TCP', delay: 5, timeout: 3, max_retries: 2 },
    };
    const listener = {
      name: 'l1',
      protocol: 'HTTP',
      protocol_port: 80,
      default_pool: pool,
      l7policies: [{ action: 'REJECT', rules: [rule] }],
    };
    const id = await create(alice, { listeners: [listener] });
    const ids = async (path: string, plural: string): Promise<readonly string[]> => {
      const { body } = await alice.call('GET', `/v2.0/lbaas/${path}`);
      return JSON.parse(JSON.stringify(body))[plural].map((one: { readonly id: string }) => one.id);
    };
    const [poolId] = await ids('pools', 'pools');
    const [policyId] = await ids('l7policies', 'l7policies');
    const amphorae = JSON.parse(
      (await asOperator('dry-run DELETE lbaas/loadbalancers/'.concat(id, '?cascade=true -o json'))).out,
    );
    const amphora = amphorae.objects.find(({ type }: { readonly type: string }) => type === 'amphora');
    const [operation] = await ids(`loadbalancers/${id}/operations`, 'operations');
    const objects = [
      ['load balancer', id],
      ['listener', ...(await ids('listeners', 'listeners'))],
      ['pool', poolId],
      ['member', ...(await ids(`pools/${poolId}/members`, 'members'))],
      ['health monitor', ...(await ids('healthmonitors', 'healthmonitors'))],
      ['L7 policy', policyId],
      ['L7 rule', ...(await ids(`l7policies/${policyId}/rules`, 'rules'))],
      ['amphora', amphora.id],
      ['operation', operation],
    ] as const;
    for (const [kind, objectId] of objects) {
      const { exitCode, out } = await asOperator(`why ${objectId} -o json`);
      expect([kind, exitCode, JSON.parse(out)]).toMatchObject([kind, 0, { kind, object: { id: objectId } }]);
    }
    const bobs = await typed(`why ${id}`, variables('bob', 'project-b'));
    expect([bobs.exitCode, bobs.out]).toEqual([1, '']);
    expect(bobs.errors).toContain('is nothing these credentials can see');
  });

  it('freezes with a reason that status shows, and thaws', async () => {
    expect(await asOperator('freeze')).toMatchObject({ exitCode: 0, out: 'not frozen: changes are taken\n' });
    expect((await asAlice('freeze upgrade')).exitCode).toBe(1);
    const frozen = await asOperator('freeze upgrade -o json');
    expect(JSON.parse(frozen.out)).toMatchObject({ enabled: true, reason: 'upgrade' });
    const status = await asOperator('status');
    expect([status.exitCode, status.out]).toEqual([1, expect.stringContaining('no change is taken: upgrade')]);
    expect(await asOperator('thaw')).toMatchObject({ exitCode: 0, out: 'not frozen: changes are taken\n' });
  });

  it('fails over after a question, and shows what it would do without doing it', async () => {
    const alice = await tenant(stack());
    const id = await create(alice);
    const shown = await asOperator(`failover ${id} --dry-run`);
    expect(shown.out).toContain('Flow failover-load-balancer would run: at once.');
    expect(shown.out).toContain('Nothing was done.');
    expect(await asOperator(`failover ${id}`)).toMatchObject({ exitCode: 2, out: '' });
    expect(await asOperator(`failover ${id}`, false)).toMatchObject({ exitCode: 0, out: 'Nothing was done.\n' });
    const operations = async () =>
      JSON.parse((await asOperator(`operations list --load-balancer ${id} -o json`)).out).map(
        ({ flow }: { readonly flow: string }) => flow,
      );
    expect(await operations()).toEqual(['create-load-balancer']);
    const done = await asOperator(`failover ${id} --watch`, true);
    expect(done.exitCode).toBe(0);
    expect(done.out).toMatch(/succeeded {2}AmphoraTakeOver, amphora [0-9a-f-]+/);
    expect(done.out).toMatch(/operation [0-9a-f-]+: SUCCEEDED\n$/);
    expect(await operations()).toEqual(['failover-load-balancer', 'create-load-balancer']);
    expect(await asAlice(`failover ${id} --yes`)).toMatchObject({
      exitCode: 1,
      errors: expect.stringContaining('403'),
    });
  });

  it('checks credentials, endpoint, rights and the services behind the API', async () => {
    await create(await tenant(stack()));
    const operators = await asOperator('check -o json');
    const outcomes = Object.fromEntries(
      JSON.parse(operators.out).map(({ check, outcome }: Record<string, string>) => [check, outcome]),
    );
    expect(outcomes).toMatchObject({ credentials: 'ok', endpoint: 'ok', 'API version': 'ok', clock: 'ok' });
    // This stack has an amphora, and no receiver.
    expect(outcomes).toMatchObject({ 'rights of an operator': 'ok', receivers: 'finding', quotas: 'ok' });
    expect(operators.exitCode).toBe(1);
    const tenants = await asAlice('check');
    expect(tenants.exitCode).toBe(0);
    expect(tenants.out).toMatch(/rights of an operator +skipped/);
    const wrong = await typed('check', { ...variables('alice', 'project-a'), OS_PASSWORD: 'other' });
    expect(wrong.exitCode).toBe(1);
    expect(wrong.out).toMatch(/credentials +finding .*401/);
    const elsewhere = await asOperator('check --endpoint http://127.0.0.1:1');
    expect(elsewhere.out).toMatch(/endpoint +finding .*ECONNREFUSED/);
  });

  it('shows the drift of load balancers as they are now, and the events that there were', async () => {
    const alice = await tenant(stack());
    const id = await create(alice);
    const fine = await asOperator(`drift ${id}`);
    expect([fine.exitCode, fine.out]).toEqual([0, expect.stringMatching(new RegExp(`${id} +JUDGED +0`))]);
    const { body } = await alice.call('GET', `${LOAD_BALANCERS}/${id}`);
    const { vip_port_id } = z.object({ loadbalancer: z.object({ vip_port_id: z.string() }) }).parse(body).loadbalancer;
    const authUrl = stack().cloud?.authUrl ?? '';
    const token = await signIn(authUrl, 'admin', 'admin');
    const port = authUrl.replace('/identity/v3', `/network/v2.0/ports/${vip_port_id}`);
    expect((await request(port, { method: 'DELETE', headers: { 'x-auth-token': token } })).statusCode).toBe(204);
    const found = await asOperator(`drift ${id}`);
    expect([found.exitCode, found.out]).toEqual([1, expect.stringContaining('port_missing')]);
    const { out } = await asAlice(`events --load-balancer ${id}`);
    expect(out).toContain(`load_balancer ${id}  provisioning_status PENDING_CREATE -> ACTIVE  (create-load-balancer)`);
  });

  it('follows events as they come until it is stopped', async () => {
    const alice = await tenant(stack());
    const stop = new AbortController();
    const followed = typed('events --follow -o json', variables('alice', 'project-a'), null, stop);
    const id = await create(alice);
    await alice.call('DELETE', `${LOAD_BALANCERS}/${id}`);
    await alice.settled(id);
    // The stream is behind the table by a moment.
    await expect.poll(async () => (await asAlice(`events --load-balancer ${id}`)).out).toContain('DELETED');
    stop.abort();
    const { exitCode, out } = await followed;
    expect(exitCode).toBe(0);
    const mine = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ object_id, field }) => object_id === id && field === 'provisioning_status');
    expect(mine.at(-1)).toMatchObject({ after: 'DELETED', reason: { flow: 'delete-load-balancer' } });
  });

  it('signs in with a token too, and finds the endpoint in the catalog', async () => {
    const OS_AUTH_URL = stack().cloud?.authUrl ?? '';
    const OS_TOKEN = await signIn(OS_AUTH_URL, 'alice', 'project-a');
    const listed = await typed('operations list -o yaml', { OS_AUTH_URL, OS_TOKEN });
    expect([listed.exitCode, listed.errors]).toEqual([0, '']);
    const wrong = await typed('status', { OS_TOKEN: 'no-token', OS_AUTH_URL });
    expect([wrong.exitCode, wrong.errors]).toEqual([1, expect.stringContaining('401')]);
    expect(wrong.errors).not.toContain('no-token');
  });

  it.each([
    ['stat', 2, 'unknown command'],
    ['why', 2, "missing required argument 'id'"],
    ['why lb1', 2, 'lb1: is no id'],
    ['operations list --limit none', 2, '--limit'],
    ['operations list --since yesterday', 2, '--since yesterday: is no time'],
    ['operations list --status odd', 1, 'ODD is not a valid option for status'],
    ['status -o xml', 2, 'Allowed choices are table, json, yaml'],
    ['dry-run GET lbaas/pools', 2, 'GET: is no write'],
    ['dry-run POST lbaas/pools --data {', 2, '--data: is no JSON'],
  ])('refuses %s with %i and what is wrong', async (line, exitCode, text) => {
    const refused = await asOperator(line);
    expect([refused.exitCode, refused.errors]).toEqual([exitCode, expect.stringContaining(text)]);
  });

  it('shows its commands', async () => {
    const { exitCode, out } = await typed('--help', {});
    expect(exitCode).toBe(0);
    for (const command of [
      'status',
      'operations',
      'why',
      'failover',
      'drift',
      'freeze',
      'thaw',
      'events',
      'check',
      'dry-run',
    ]) {
      expect(out).toContain(`\n  ${command} `);
    }
  });
});
