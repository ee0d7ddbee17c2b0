import { afterAll, expect, it } from 'vitest';
import * as z from 'zod';
import type { Stack } from '../../local/stack.ts';
import { type Cli, openstackCli } from './cli.ts';
import { LOAD_BALANCERS, type LoadBalancerApi, loadBalancerApi } from './load-balancer-api.ts';
import { tokenOf } from './sign-in.ts';

/** Where the commands go: an API, the users of its cloud, and what may be named. */
export interface Target {
  readonly tenant: Cli;
  readonly operator: Cli;
  readonly api: LoadBalancerApi;
  readonly vipSubnetId: string;
  readonly memberSubnetId: string;
}

/**
 * The local stack's API as alice and the operator see it.
 *
 * @param folder an empty one, for a clouds.yaml
 * @param program the `openstack` command @default the first in PATH
 */
export const localTarget = async (
  { apiUrl, cloud, cloudsFile }: Stack,
  folder: string,
  program?: string,
): Promise<Target> => {
  if (cloud === null || cloudsFile === null) throw new Error('the stack has no stand-in cloud');
  const as = (user: string) => openstackCli(cloudsFile, user, { api: apiUrl, folder, program });
  const { vipSubnetId, memberSubnetId } = cloud.facts;
  const api = loadBalancerApi(apiUrl, await tokenOf(cloudsFile, 'alice'));
  return { tenant: await as('alice'), operator: await as('admin'), api, vipSubnetId, memberSubnetId };
};

const ADDRESS = '10.90.2.46';
const named = z.array(z.object({ id: z.string() }));
const owned = z.array(z.object({ id: z.string(), project_id: z.string() }));
const tree = z.object({
  statuses: z.object({
    loadbalancer: z.looseObject({
      listeners: z.array(
        z.looseObject({
          name: z.string(),
          provisioning_status: z.literal('ACTIVE'),
          pools: z.array(
            z.looseObject({
              name: z.string(),
              health_monitor: z.looseObject({ name: z.string() }),
              members: z.array(z.looseObject({ name: z.string(), provisioning_status: z.literal('ACTIVE') })),
            }),
          ),
        }),
      ),
    }),
  }),
});

/** Tests that run every command of `openstack loadbalancer`, each after the other. */
export const walk = (target: () => Target) => {
  let id = '';
  let project = '';

  const settled = async () => {
    expect(await target().api.settled(id)).toMatchObject({ provisioning_status: 'ACTIVE' });
  };
  const show = async (path: string): Promise<unknown> => {
    const { status, body } = await target().api.call('GET', `/v2.0/lbaas/${path}`);
    expect(status).toBe(200);
    return body;
  };

  afterAll(async () => {
    // Only when a test before the last one failed.
    if (id === '' || (await target().api.settled(id)) === null) return;
    await target().api.call('DELETE', `${LOAD_BALANCERS}/${id}?cascade=true`);
    await target().api.settled(id);
  });

  it('creates and shows every kind of object, none of them waited for', async () => {
    const { tenant, vipSubnetId, memberSubnetId } = target();
    await tenant.run(
      'loadbalancer',
      'create',
      '--name',
      'walk',
      '--vip-subnet-id',
      vipSubnetId,
      '--tag',
      'a',
      '--wait',
    );
    const [created] = await tenant.json(owned, 'loadbalancer', 'list', '--name', 'walk');
    ({ id, project_id: project } = created ?? { id: '', project_id: '' });
    await tenant.all([
      'loadbalancer listener create --name l1 --protocol HTTP --protocol-port 80 --connection-limit 500 --insert-headers X-Forwarded-For=true --timeout-client-data 40000 --tag x walk',
      'loadbalancer pool create --name p1 --listener l1 --protocol HTTP --lb-algorithm ROUND_ROBIN --session-persistence type=APP_COOKIE,cookie_name=sid',
      `loadbalancer member create --name m1 --address ${ADDRESS} --subnet-id ${memberSubnetId} --protocol-port 8080 --weight 2 p1`,
      `loadbalancer member create --name m2 --address ${ADDRESS} --subnet-id ${memberSubnetId} --protocol-port 8081 --enable-backup p1`,
      'loadbalancer healthmonitor create --name h1 --delay 5 --timeout 3 --max-retries 2 --type HTTP --url-path /ok --http-method HEAD --expected-codes 200-204 p1',
      'loadbalancer l7policy create --name y1 --action REDIRECT_TO_URL --redirect-url http://example.com/ --redirect-http-code 301 --position 1 l1',
      'loadbalancer l7rule create --type PATH --compare-type STARTS_WITH --value /old y1',
      'loadbalancer list',
      'loadbalancer show walk',
      'loadbalancer listener list',
      'loadbalancer listener show l1',
      'loadbalancer pool list',
      'loadbalancer pool show p1',
      'loadbalancer member list p1',
      'loadbalancer member show p1 m1',
      'loadbalancer healthmonitor list',
      'loadbalancer healthmonitor show h1',
      'loadbalancer l7policy list',
      'loadbalancer l7policy show y1',
      'loadbalancer l7rule list y1',
    ]);
    await settled();
    const [listener] = tree.parse(await show(`loadbalancers/${id}/status`)).statuses.loadbalancer.listeners;
    expect(listener).toMatchObject({ name: 'l1', pools: [{ name: 'p1', health_monitor: { name: 'h1' } }] });
    expect(listener?.pools[0]?.members.map(({ name }) => name).sort()).toEqual(['m1', 'm2']);
  });

  it('changes and resets every kind of object', async () => {
    const { tenant } = target();
    const [rule] = await tenant.json(named, 'loadbalancer', 'l7rule', 'list', 'y1');
    await tenant.all([
      'loadbalancer listener set l1 --description web --allowed-cidr 10.0.0.0/8 --timeout-member-data 41000',
      'loadbalancer listener unset l1 --connection-limit --insert-headers --timeout-client-data --timeout-member-data --allowed-cidrs',
      'loadbalancer pool set p1 --lb-algorithm LEAST_CONNECTIONS --description web',
      'loadbalancer pool unset p1 --session-persistence --description',
      'loadbalancer member set p1 m1 --weight 7 --monitor-address 10.90.2.47 --monitor-port 81',
      'loadbalancer member unset p1 m1 --monitor-address --monitor-port',
      'loadbalancer member unset p1 m2 --backup',
      'loadbalancer healthmonitor set h1 --delay 6 --max-retries-down 4 --http-version 1.1 --domain-name a.example',
      'loadbalancer healthmonitor unset h1 --max-retries-down --http-version --domain-name --url-path --http-method --expected-codes',
      'loadbalancer l7policy set y1 --description old',
      'loadbalancer l7policy unset y1 --description --redirect-http-code',
      `loadbalancer l7rule set y1 ${rule?.id} --value /older --invert`,
      `loadbalancer l7rule show y1 ${rule?.id}`,
      `loadbalancer l7rule unset y1 ${rule?.id} --invert`,
      'loadbalancer status show walk',
      'loadbalancer stats show walk',
      'loadbalancer listener stats show l1',
      'loadbalancer provider list',
      'loadbalancer quota defaults show',
    ]);
    await settled();
    await tenant.run('loadbalancer', 'set', 'walk', '--description', 'walked', '--tag', 'b', '--wait');
    await tenant.run('loadbalancer', 'unset', 'walk', '--description', '--all-tag', '--wait');
    expect(await show(`loadbalancers/${id}`)).toMatchObject({ loadbalancer: { description: '', tags: [] } });
    expect(await show('listeners')).toMatchObject({
      listeners: [{ connection_limit: -1, insert_headers: {}, description: 'web', timeout_client_data: 50_000 }],
    });
    expect(await show('pools')).toMatchObject({
      pools: [{ lb_algorithm: 'LEAST_CONNECTIONS', session_persistence: null }],
    });
    expect(await show('healthmonitors')).toMatchObject({
      healthmonitors: [{ delay: 6, max_retries_down: 3, url_path: '/', http_method: 'GET', http_version: null }],
    });
    expect(await show('l7policies')).toMatchObject({ l7policies: [{ redirect_http_code: 302 }] });
  });

  it('shows, configures and fails over amphorae, and sets quotas, as an operator', async () => {
    const { operator } = target();
    await operator.run('loadbalancer', 'failover', id, '--wait');
    const [amphora] = await operator.json(named, 'loadbalancer', 'amphora', 'list', '--loadbalancer', id);
    await operator.all([
      `loadbalancer amphora show ${amphora?.id}`,
      `loadbalancer amphora configure ${amphora?.id} --wait`,
      'loadbalancer provider capability list amphora',
      `loadbalancer quota set --listener 5 ${project}`,
      'loadbalancer quota list',
      `loadbalancer quota show ${project}`,
      `loadbalancer quota unset --listener ${project}`,
      `loadbalancer quota reset ${project}`,
    ]);
    await operator.run('loadbalancer', 'amphora', 'failover', String(amphora?.id), '--wait');
    await settled();
    const now = await operator.json(named, 'loadbalancer', 'amphora', 'list', '--loadbalancer', id);
    expect(now).toHaveLength(1);
    expect(now).not.toContainEqual({ id: amphora?.id });
  });

  it('deletes every kind of object, none of them waited for', async () => {
    const { tenant, api } = target();
    const [rule] = await tenant.json(named, 'loadbalancer', 'l7rule', 'list', 'y1');
    await tenant.all([
      `loadbalancer l7rule delete y1 ${rule?.id}`,
      'loadbalancer l7policy delete y1',
      'loadbalancer healthmonitor delete h1',
      'loadbalancer member delete p1 m1',
      'loadbalancer pool delete p1',
      'loadbalancer listener delete l1',
    ]);
    await settled();
    expect(await show(`loadbalancers/${id}`)).toMatchObject({ loadbalancer: { listeners: [], pools: [] } });
    await tenant.run('loadbalancer', 'delete', 'walk', '--wait');
    expect((await api.call('GET', `${LOAD_BALANCERS}/${id}`)).status).toBe(404);
  });
};
