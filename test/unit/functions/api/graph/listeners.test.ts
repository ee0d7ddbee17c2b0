import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { getTree } from '../../../../../lib/repositories/objects/trees.ts';
import { changeQuota } from '../../../../../lib/repositories/quotas/quotas.ts';
import { useTable } from '../../../../helpers/table.ts';
import { changesBelow } from '../support/read.ts';
import { inside, type Workbench, workbench } from '../support/resources.ts';

beforeAll(useTable);

const MONITOR = { type: 'TCP', delay: 1, timeout: 1, max_retries: 1 };
const MEMBER = { address: '10.2.0.1', protocol_port: 80 };
const RULE = { type: 'PATH', compare_type: 'STARTS_WITH', value: '/' };
const POOL = { protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' };
const TO_POOL = { action: 'REDIRECT_TO_POOL', rules: [RULE] };

const everythingOf = async (id: string) => {
  const { listeners, pools, members, health_monitors, l7_policies, l7_rules } = await getTree(id);
  return [listeners, pools, members, health_monitors, l7_policies, l7_rules];
};

describe('POST of a listener with everything below it', () => {
  it('commits all of it as one operation, and answers it with ids', async () => {
    const { loadBalancer, listener } = await workbench();
    const shown = await listener({
      default_pool: {
        ...POOL,
        session_persistence: { type: 'APP_COOKIE', cookie_name: 'sid' },
        members: [MEMBER, { ...MEMBER, protocol_port: 81, backup: true }],
        healthmonitor: MONITOR,
      },
      l7policies: [
        { ...TO_POOL, redirect_pool: { ...POOL, name: 'other', members: [MEMBER] } },
        { ...TO_POOL, redirect_pool: { name: 'other' } },
        { action: 'REJECT', position: 1, rules: [RULE, { ...RULE, value: '/no' }] },
      ],
    });
    const tree = await getTree(loadBalancer.id);
    const [other] = tree.pools.filter(({ name }) => name === 'other');
    const [own] = tree.pools.filter(({ name }) => name === '');
    expect(tree.listeners).toMatchObject([{ id: shown.id, default_pool_id: own?.id, peer_port: 1025 }]);
    expect(own).toMatchObject({ session_persistence: { type: 'APP_COOKIE', cookie_name: 'sid' } });
    expect(tree.members.map(({ pool_id }) => pool_id).sort()).toEqual([own?.id, own?.id, other?.id].sort());
    expect(tree.health_monitors).toMatchObject([{ pool_id: own?.id, type: 'TCP' }]);
    const policies = [...tree.l7_policies].sort((left, right) => left.position - right.position);
    expect(policies).toMatchObject([
      { action: 'REJECT', position: 1, redirect_pool_id: null },
      { position: 2, redirect_pool_id: other?.id },
      { position: 3, redirect_pool_id: other?.id },
    ]);
    expect(tree.l7_rules).toHaveLength(4);
    const all = (await everythingOf(loadBalancer.id)).flat();
    expect(new Set(all.map((object) => object.provisioning_status))).toEqual(new Set(['PENDING_CREATE']));
    expect(await changesBelow(loadBalancer.id)).toHaveLength(1);
    expect(shown).toMatchObject({ default_pool_id: own?.id, l7policies: policies.map(({ id }) => ({ id })) });
    expect(shown).not.toHaveProperty('default_pool');
  });

  it('puts policies in the order that creating them one after the other gives, as upstream does', async () => {
    const { loadBalancer, listener } = await workbench();
    const positions = { p: 2_147_483_647, q: 1, r: 1, s: undefined, t: 3 };
    const l7policies = Object.entries(positions).map(([name, position]) => ({ action: 'REJECT', name, position }));
    await listener({ l7policies });
    const { l7_policies } = await getTree(loadBalancer.id);
    const inOrder = [...l7_policies].sort((left, right) => left.position - right.position);
    expect(inOrder.map(({ name, position }) => `${name}${position}`)).toEqual(['r1', 'q2', 't3', 'p4', 's5']);
  });

  it('takes pools that the load balancer has already by their ids', async () => {
    const { loadBalancer, listener, pool } = await workbench();
    const [{ id: first }, { id: second }] = [await pool(), await pool()];
    const l7policies = [{ ...TO_POOL, redirect_pool_id: second }];
    expect(await listener({ default_pool_id: first, l7policies })).toMatchObject({ default_pool_id: first });
    expect((await getTree(loadBalancer.id)).l7_policies).toMatchObject([{ redirect_pool_id: second }]);
  });

  it('comes with more than one transaction takes', async () => {
    const { loadBalancer, listener } = await workbench();
    const members = Array.from({ length: 300 }, (_, index) => ({ ...MEMBER, protocol_port: index + 1 }));
    await listener({ default_pool: { ...POOL, members } });
    const tree = await getTree(loadBalancer.id);
    expect([tree.listeners.length, tree.pools.length, tree.members.length]).toEqual([1, 1, 300]);
    expect(tree.load_balancer.staged_operation_id).toBeNull();
  });

  it('is created once for an idempotency key', async () => {
    const { api, token, loadBalancer } = await workbench();
    const fields = { loadbalancer_id: loadBalancer.id, protocol: 'HTTP', protocol_port: 80, default_pool: POOL };
    const headers = { 'x-idempotency-key': randomUUID() };
    const post = () =>
      api.call('/v2.0/lbaas/listeners', { method: 'POST', token, headers, body: { listener: fields } });
    const [first, second] = [await post(), await post()];
    expect(inside(second, 'listener')).toEqual(inside(first, 'listener'));
    expect((await getTree(loadBalancer.id)).pools).toHaveLength(1);
  });

  it('is refused as a whole when the quota of any of it is met', async () => {
    const { loadBalancer, refused } = await workbench();
    await changeQuota(loadBalancer.project_id, { pool: 1, member: 1, l7rule: 0 });
    const default_pool = { ...POOL, members: [MEMBER, { ...MEMBER, protocol_port: 81 }] };
    const l7policies = [{ action: 'REJECT', rules: [RULE] }];
    const fields = { loadbalancer_id: loadBalancer.id, protocol: 'HTTP', protocol_port: 80 };
    expect(await refused('POST', 'listeners', { listener: { ...fields, default_pool, l7policies } })).toEqual([
      403,
      'Quota has been met for resources: Member, L7 Rule',
    ]);
    expect((await everythingOf(loadBalancer.id)).flat()).toEqual([]);
  });
});

describe('a refused POST of a listener with something below it', () => {
  let bench: Workbench;
  let elsewhere: string;
  beforeAll(async () => {
    bench = await workbench();
    const other = await workbench();
    ({ id: elsewhere } = await other.pool());
  });

  const MISSING = '6a0a707c-45ef-4758-b533-e55adddba8ce';
  const pool = (fields: object) => ({ default_pool: { ...POOL, ...fields } });
  const policy = (fields: object) => ({ l7policies: [{ ...TO_POOL, ...fields }] });

  it.each([
    [{ default_pool: { name: 'x' } }, 400, /Pool 'x' was referenced but no full definition was found/],
    [{ default_pool: {} }, 400, /attribute protocol. Value: 'None'. Mandatory field missing/],
    [{ default_pool: { protocol: 'HTTP' } }, 400, /attribute lb_algorithm. Value: 'None'. Mandatory field missing/],
    [pool({ colour: 1 }), 400, /^Unknown attribute for argument listener.listener.default_pool: colour$/],
    [pool({ loadbalancer_id: MISSING }), 400, /^Unknown attribute .*default_pool: loadbalancer_id$/],
    [{ ...pool({}), default_pool_id: MISSING }, 404, /^Pool .* not found/],
    [{ default_pool_id: () => elsewhere }, 404, /^Pool .* not found/],
    [policy({ redirect_pool_id: () => elsewhere }), 404, /^Pool .* not found/],
    [policy({}), 400, /redirect_pool_id must be given for action REDIRECT_TO_POOL/],
    [policy({ redirect_pool: { ...POOL, protocol: 'TCP' } }), 400, /pool protocol 'TCP' is invalid while the listener/],
    [pool({ protocol: 'UDP' }), 400, /pool protocol 'UDP' is invalid while the listener protocol is 'HTTP'/],
    [
      { ...pool({ name: 'a' }), ...policy({ redirect_pool: { ...POOL, name: 'a' } }) },
      400,
      /Pool name 'a' must be unique/,
    ],
    [{ ...pool({}), protocol: 'PROMETHEUS' }, 400, /Protocol PROMETHEUS listeners cannot have child objects/],
    [{ protocol: 'TCP', l7policies: [{ action: 'REJECT' }] }, 501, /L7 policies on TCP listeners$/],
    [
      policy({ action: 'REJECT', rules: [{ ...RULE, compare_type: 'REGEX', value: '(' }] }),
      400,
      /Error parsing L7Rule/,
    ],
    [pool({ members: [MEMBER, MEMBER] }), 409, /already using ip 10.2.0.1 on protocol_port 80$/],
    [pool({ members: [{ ...MEMBER, address: '169.254.169.254' }] }), 400, /member address$/],
    [pool({ members: [{ ...MEMBER, subnet_id: MISSING }] }), 400, /^Subnet .* not found\.$/],
    [pool({ members: [{ ...MEMBER, weight: 257 }] }), 400, /weight. Value: '257'/],
    [pool({ healthmonitor: { ...MONITOR, type: 'UDP-CONNECT' } }), 400, /only supported for pools of type UDP\/SCTP/],
    [pool({ session_persistence: { type: 'APP_COOKIE' } }), 400, /"cookie_name" must be specified/],
    [pool({ lb_algorithm: 'SOURCE_IP_PORT' }), 501, /lb_algorithm SOURCE_IP_PORT$/],
  ])('of %j is refused with the reason, and nothing is written', async (fields, status, text) => {
    const body = { loadbalancer_id: bench.loadBalancer.id, protocol: 'HTTP', protocol_port: 80, ...fields };
    const sent = JSON.parse(JSON.stringify(body, (_key, value) => (typeof value === 'function' ? value() : value)));
    const [code, told] = await bench.refused('POST', 'listeners', { listener: sent });
    expect(told).toMatch(text);
    expect(code).toBe(status);
    expect((await everythingOf(bench.loadBalancer.id)).flat()).toEqual([]);
    expect(await changesBelow(bench.loadBalancer.id)).toEqual([]);
  });

  it('does not take a pool twice, by its id and with it', async () => {
    const { loadBalancer, pool: make, refused } = await workbench();
    const { id: default_pool_id } = await make();
    const fields = { loadbalancer_id: loadBalancer.id, protocol: 'HTTP', protocol_port: 80 };
    expect(
      await refused('POST', 'listeners', { listener: { ...fields, default_pool_id, default_pool: POOL } }),
    ).toEqual([400, 'Validation failure: Only one of default_pool and default_pool_id can be given.']);
    expect((await getTree(loadBalancer.id)).pools).toHaveLength(1);
  });
});
