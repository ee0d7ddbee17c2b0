import { beforeAll } from 'vitest';
import * as z from 'zod';
import { type DryRunView, dryRunShape } from '../../../../functions/api/dry-run/shape.ts';
import type { Answer, LoadBalancerApi } from '../../../cloud/load-balancer-api.ts';
import { tenant } from '../../../helpers/tenant.ts';
import { useBench } from '../bench.ts';
import { cloudThings } from '../cloud-things.ts';

export type Method = Parameters<LoadBalancerApi['call']>[0];
export type Body = Readonly<Record<string, unknown>>;

export const pool = { name: 'p', protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' };

const made = async (api: LoadBalancerApi, path: string, wrapper: string, fields: Body): Promise<string> => {
  const { status, body } = await api.call('POST', `/v2.0/lbaas/${path}`, { [wrapper]: fields });
  if (status !== 201) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
  const object = z.record(z.string(), z.looseObject({ id: z.string().optional(), name: z.string().optional() }));
  const shown = object.parse(body)[wrapper];
  return shown?.id ?? shown?.name ?? '';
};

/** One of everything that the API can write to. */
const build = async (bench: ReturnType<typeof useBench>) => {
  const [alice, operator] = await Promise.all([tenant(bench.stack()), tenant(bench.stack(), 'admin')]);
  const { id: lb } = await alice.create({ name: 'lb', vip_subnet_id: bench.cloud().facts.vipSubnetId });
  await alice.settled(lb);
  const listener = await made(alice, 'listeners', 'listener', {
    ...{ loadbalancer_id: lb, protocol: 'HTTP', protocol_port: 80 },
    default_pool: { ...pool, members: [{ address: '127.10.2.9', protocol_port: 80 }] },
    l7policies: [{ action: 'REJECT', rules: [{ type: 'PATH', compare_type: 'STARTS_WITH', value: '/no' }] }],
  });
  await alice.settled(lb);
  const lone = await made(alice, 'pools', 'pool', { ...pool, name: 'lone', loadbalancer_id: lb });
  await alice.settled(lb);
  const tree = await bench.lib().getTree(lb);
  const monitor = { pool_id: tree.listeners[0]?.default_pool_id, type: 'HTTP', delay: 5, timeout: 3, max_retries: 2 };
  const healthmonitor = await made(alice, 'healthmonitors', 'healthmonitor', monitor);
  await alice.settled(lb);
  const flavorprofile = await made(operator, 'flavorprofiles', 'flavorprofile', {
    ...{ name: 'fp', provider_name: 'amphora', flavor_data: '{"loadbalancer_topology": "ACTIVE_STANDBY"}' },
  });
  const flavor = await made(operator, 'flavors', 'flavor', { name: 'f', flavor_profile_id: flavorprofile });
  const spare = await made(operator, 'flavorprofiles', 'flavorprofile', {
    ...{ name: 'unused', provider_name: 'amphora', flavor_data: '{}' },
  });
  const zoneprofile = await made(operator, 'availabilityzoneprofiles', 'availability_zone_profile', {
    ...{ name: 'zp', provider_name: 'amphora', availability_zone_data: '{}' },
  });
  const sparezone = await made(operator, 'availabilityzoneprofiles', 'availability_zone_profile', {
    ...{ name: 'unused', provider_name: 'amphora', availability_zone_data: '{}' },
  });
  const zone = await made(operator, 'availabilityzones', 'availability_zone', {
    ...{ name: 'z', availability_zone_profile_id: zoneprofile },
  });
  const begun = await operator.call('POST', '/v2.0/octavia/rollouts', { rollout: {} });
  const { id: rollout } = z.object({ rollout: z.object({ id: z.string() }) }).parse(begun.body).rollout;
  const amphora = await bench.worker().createAmphora();
  await amphora.wait();
  const [operation] = await bench.lib().listOperations(lb);
  const ids = {
    ...{ lb, listener, lone, healthmonitor, flavor, flavorprofile, spare, zone, zoneprofile, sparezone, rollout },
    ...{ pool: String(tree.listeners[0]?.default_pool_id), member: String(tree.members[0]?.id) },
    ...{ l7policy: String(tree.l7_policies[0]?.id), rule: String(tree.l7_rules[0]?.id) },
    ...{ amphora: String(tree.amphorae[0]?.id), loneAmphora: amphora.resourceId, operation: String(operation?.id) },
    ...{ project: tree.load_balancer.project_id, subnet: await cloudThings().subnet('10.77.0.0/24') },
  };
  const { routes } = await import('../../../../functions/api/handler.ts');
  return { alice, operator, ids, routes };
};
export type Scene = Awaited<ReturnType<typeof build>>;

/** What a dry run answered, which must be as it is described. */
export const shown = ({ status, body }: Answer): DryRunView => {
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
  return dryRunShape.parse(body).dry_run;
};

/** A stack with one of everything, and dry runs of requests to it. */
export const useScene = () => {
  // Nothing but the test carries on what has lost its execution.
  const bench = useBench({
    bootDelayMs: 300,
    executionEvents: false,
    settings: { BUILD_RATE_LIMIT: '1', SPARE_AMPHORA_POOL_SIZE: '1' },
  });
  let built: Scene | null = null;
  beforeAll(async () => {
    built = await build(bench);
  }, 60_000);
  const scene = (): Scene => {
    if (built === null) throw new Error('The scene is there from beforeAll on.');
    return built;
  };
  return {
    bench,
    scene,
    /** As the operator. */
    dryRun: (method: Method, path: string, body?: Body, headers = {}): Promise<Answer> =>
      scene().operator.call(method, `/v2.0${path}${path.includes('?') ? '&' : '?'}dry_run=true`, body, headers),
    /** The body of a create. */
    loadBalancer: (more: Body = {}) => ({
      loadbalancer: {
        ...{ name: 'n', project_id: scene().ids.project, vip_subnet_id: bench.cloud().facts.vipSubnetId },
        ...more,
      },
    }),
  };
};
