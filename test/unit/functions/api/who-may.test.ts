import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AnyRoute, Route } from '../../../../functions/api/request/router.ts';
import type { Child } from '../../../../lib/models/objects/child.ts';
import { commitLoadBalancerOperation, type NewLoadBalancer } from '../../../../lib/repositories/locks/commits.ts';
import { listOperations } from '../../../../lib/repositories/operations/operations.ts';
import { POLICY_SETS, type PolicySet } from '../../../../lib/settings/config.ts';
import { newListener, newMember, newMonitor, newPolicy, newPool, newRule } from '../../../fixtures/children.ts';
import { requester } from '../../../fixtures/load-balancer.ts';
import { useTable } from '../../../helpers/table.ts';
import { type Answer, type TestApi, testApi } from './support/api.ts';
import { SUBNET_V4 } from './support/fake-network.ts';
import { storedLoadBalancer } from './support/load-balancers.ts';
import { DUE, type Due, dueFor, PLACES, type Place, ROLES, type Role } from './support/policy-table.ts';
import { faultOf } from './support/read.ts';

beforeAll(useTable);

/** Ids by the names that routes and bodies have for them. */
type Ids = Readonly<Record<string, string>>;

/**
 * One of everything, of one project, and locked by an update: a change by a permitted caller is refused as immutable.
 */
const objects = async (): Promise<{ readonly project: string; readonly ids: Ids }> => {
  const project = randomUUID();
  const ids: Record<string, string> = {};
  const everything = (owner: NewLoadBalancer): readonly Child[] => {
    const [listener, pool] = [newListener(owner), newPool(owner)];
    const [member, policy] = [newMember(pool), newPolicy(listener)];
    const [monitor, rule] = [newMonitor(pool), newRule(policy)];
    Object.assign(ids, {
      ...{ listeners: listener.id, pools: pool.id, members: member.id, healthmonitors: monitor.id },
      ...{ l7policies: policy.id, rules: rule.id },
    });
    return [
      { kind: 'listener', object: listener },
      { kind: 'pool', object: pool },
      { kind: 'member', object: member },
      { kind: 'health_monitor', object: monitor },
      { kind: 'l7_policy', object: policy },
      { kind: 'l7_rule', object: rule },
    ];
  };
  const { id } = await storedLoadBalancer({ project_id: project }, 'ACTIVE', everything);
  const update = { flow: 'update-load-balancer' as const, requester };
  await commitLoadBalancerOperation(id, update, { allowed: ['ACTIVE'], to: 'PENDING_UPDATE' });
  const [operation] = await listOperations(id, 1);
  return { project, ids: { ...ids, loadbalancers: id, operations: operation?.id ?? '' } };
};

const idOf = (ids: Ids, collection: string): string => ids[collection] ?? randomUUID();

/** The route's path with these ids: `{pool_id}` is that of `pools`, `{id}` that of what stands before it. */
const pathOf = ({ path }: AnyRoute, ids: Ids, project: string): string => {
  const parts = path.split('/');
  return parts
    .map((part, index) => {
      if (part === '{project_id}') return project;
      if (part === '{provider}') return 'amphora';
      return part.startsWith('{') ? idOf(ids, parts[index - 1] ?? '') : part;
    })
    .join('/');
};

/** A body that is good enough to reach the check of the caller. */
const bodyOf = ({ method, path }: AnyRoute, ids: Ids, project: string): object | undefined => {
  const profile = { name: randomUUID(), provider_name: 'amphora' };
  const named = { name: randomUUID() };
  const bodies: Readonly<Record<string, object>> = {
    'POST /lbaas/loadbalancers': { loadbalancer: { vip_subnet_id: SUBNET_V4.id, project_id: project } },
    'PUT /lbaas/loadbalancers/{id}': { loadbalancer: { name: 'x' } },
    'POST /lbaas/listeners': {
      listener: { loadbalancer_id: idOf(ids, 'loadbalancers'), protocol: 'TCP', protocol_port: 81 },
    },
    'PUT /lbaas/listeners/{id}': { listener: { name: 'x' } },
    'POST /lbaas/pools': {
      pool: { loadbalancer_id: idOf(ids, 'loadbalancers'), protocol: 'TCP', lb_algorithm: 'ROUND_ROBIN' },
    },
    'PUT /lbaas/pools/{id}': { pool: { name: 'x' } },
    'POST /lbaas/pools/{pool_id}/members': { member: { address: '10.2.0.9', protocol_port: 80 } },
    'PUT /lbaas/pools/{pool_id}/members': { members: [{ address: '10.2.0.9', protocol_port: 80 }] },
    'PUT /lbaas/pools/{pool_id}/members/{id}': { member: { name: 'x' } },
    'POST /lbaas/healthmonitors': {
      healthmonitor: { pool_id: idOf(ids, 'pools'), type: 'TCP', delay: 1, timeout: 1, max_retries: 1 },
    },
    'PUT /lbaas/healthmonitors/{id}': { healthmonitor: { name: 'x' } },
    'POST /lbaas/l7policies': { l7policy: { listener_id: idOf(ids, 'listeners'), action: 'REJECT' } },
    'PUT /lbaas/l7policies/{id}': { l7policy: { name: 'x' } },
    'POST /lbaas/l7policies/{l7policy_id}/rules': {
      rule: { type: 'PATH', compare_type: 'EQUAL_TO', value: '/' },
    },
    'PUT /lbaas/l7policies/{l7policy_id}/rules/{id}': { rule: { value: '/x' } },
    'POST /lbaas/flavors': { flavor: { ...named, flavor_profile_id: randomUUID() } },
    'PUT /lbaas/flavors/{id}': { flavor: { description: 'x' } },
    'POST /lbaas/flavorprofiles': { flavorprofile: { ...profile, flavor_data: '{}' } },
    'PUT /lbaas/flavorprofiles/{id}': { flavorprofile: { name: 'x' } },
    'POST /lbaas/availabilityzones': { availability_zone: { ...named, availability_zone_profile_id: randomUUID() } },
    'PUT /lbaas/availabilityzones/{id}': { availability_zone: { description: 'x' } },
    'POST /lbaas/availabilityzoneprofiles': {
      availability_zone_profile: { ...profile, availability_zone_data: '{}' },
    },
    'PUT /lbaas/availabilityzoneprofiles/{id}': { availability_zone_profile: { name: 'x' } },
    'POST /octavia/rollouts': { rollout: {} },
    'POST /octavia/rollouts/preview': { rollout: {} },
    'PUT /octavia/rollouts/{id}': { rollout: { status: 'PAUSED' } },
    'PUT /octavia/freeze': { freeze: { enabled: false } },
    'POST /octavia/drift': { drift: { loadbalancer_ids: [idOf(ids, 'loadbalancers')] } },
    'PUT /lbaas/quotas/{project_id}': { quota: { pool: 5 } },
  };
  return bodies[`${method} ${path}`];
};

/** True for a route to one object of a project: by an id in its path, or by the parent that its body names. */
const isAboutAnObject = (route: Route): boolean => {
  const [, resource = '', verb = ''] = route.action.split(':');
  if (
    [
      'quota',
      'provider',
      'provider-flavor',
      'provider-availability-zone',
      'amphora',
      'drift',
      'freeze',
      'rollout',
    ].includes(resource)
  )
    return false;
  if (/^(flavor|availability-zone)/.test(resource)) return false;
  return route.path.includes('{') || (verb === 'post' && resource !== 'loadbalancer');
};

const FORBIDDEN = 'Policy does not allow this request to be performed.';

type Told = 'allowed' | 'forbidden' | 'missing';

const sayOf = (answer: Answer, route: Route): Told => {
  if (answer.status === 403 && faultOf(answer) === FORBIDDEN) return 'forbidden';
  expect([401, 405]).not.toContain(answer.status);
  return answer.status === 404 && isAboutAnObject(route) ? 'missing' : 'allowed';
};

describe.each(POLICY_SETS)('with the policies of %s', (set: PolicySet) => {
  const api: TestApi = testApi({ policySet: set });
  const routes = api.routes.filter((route): route is Route => route.action !== null);
  let theirs: Awaited<ReturnType<typeof objects>>;
  beforeAll(async () => {
    theirs = await objects();
  });

  const ask = (route: Route, token: string, ids: Ids) =>
    api.call(`/v2.0${pathOf(route, ids, theirs.project)}`, {
      method: route.method,
      token,
      body: bodyOf(route, ids, theirs.project),
    });
  const tokenOf = (role: Role, place: Place) => {
    const project = { own: theirs.project, other: randomUUID(), system: null }[place];
    return api.tokenFor(project, role);
  };
  const isDue = (role: Role, place: Place, due: Due) => DUE[set][role][place].includes(due);

  /** Lists answer with what is one's own where not everything is visible; what has no owner needs no project. */
  const expected = (route: Route, role: Role, place: Place): Told => {
    const due = dueFor(route.action);
    if (isDue(role, place, due)) return 'allowed';
    const nobodys = !route.path.includes('{project_id}') && !isAboutAnObject(route) && route.method === 'GET';
    return nobodys && place === 'other' && isDue(role, 'own', due) ? 'allowed' : 'forbidden';
  };

  it.each(ROLES)('every route answers a bearer of %s by its policy', async (role) => {
    for (const place of PLACES) {
      const token = tokenOf(role, place);
      for (const route of routes) {
        const answer = await ask(route, token, theirs.ids);
        const what = `${route.method} ${route.path} to ${role} (${place}): ${answer.status} ${JSON.stringify(answer.body)}`;
        expect(sayOf(answer, route), what).toBe(expected(route, role, place));
      }
    }
  });

  it('an object that does not exist is missing for every role, and not forbidden', async () => {
    for (const role of ['member', 'load-balancer_member', 'creator'] as const) {
      const token = tokenOf(role, 'other');
      for (const route of routes.filter(isAboutAnObject)) {
        const answer = await ask(route, token, {});
        expect(sayOf(answer, route), `${route.method} ${route.path} to ${role}`).toBe('missing');
      }
    }
  });

  it('a token without a project is refused every object and every list', async () => {
    const token = api.unscopedToken(set === 'advanced' ? 'load-balancer_member' : 'member');
    for (const route of routes) {
      const answer = await ask(route, token, theirs.ids);
      expect(sayOf(answer, route), `${route.method} ${route.path}`).toBe('forbidden');
    }
  });

  it('lists of another project are refused, unless all projects are one’s to see', async () => {
    for (const role of ROLES) {
      for (const route of routes.filter(({ action }) => action.endsWith(':get_all') && `${action}-global` in GLOBAL)) {
        const due = dueFor(route.action) === 'read-quota' ? 'read-quota-global' : 'read-global';
        const answer = await api.call(`/v2.0${route.path}?project_id=${theirs.project}`, {
          token: tokenOf(role, 'other'),
        });
        expect(answer.status, `${route.path} to ${role}`).toBe(isDue(role, 'other', due) ? 200 : 403);
      }
    }
  });

  it('an administrator makes load balancers for any project, and no other caller for a foreign one', async () => {
    const [project, member] = [randomUUID(), set === 'advanced' ? 'load-balancer_member' : 'member'];
    const create = (token: string) =>
      api.call('/v2.0/lbaas/loadbalancers', {
        method: 'POST',
        token,
        body: { loadbalancer: { vip_subnet_id: SUBNET_V4.id, project_id: project } },
      });
    expect((await create(api.tokenFor(randomUUID(), member))).status).toBe(403);
    expect(await create(api.tokenFor(randomUUID(), 'admin'))).toMatchObject({
      status: 201,
      body: { loadbalancer: { project_id: project } },
    });
  });
});

/** Lists that may span projects. */
const GLOBAL: Readonly<Record<string, true>> = Object.fromEntries(
  ['loadbalancer', 'listener', 'pool', 'healthmonitor', 'l7policy', 'quota'].map((resource) => [
    `os_load-balancer_api:${resource}:get_all-global`,
    true as const,
  ]),
);
