import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { getTree } from '../../../../../lib/repositories/objects/trees.ts';
import { useTable } from '../../../../helpers/table.ts';
import { interceptRequests } from '../../../lib/repositories/support/requests.ts';
import { type TestApi, testApi } from '../support/api.ts';
import { SUBNET_V4 } from '../support/fake-network.ts';
import { faultOf } from '../support/read.ts';
import { inside } from '../support/resources.ts';

beforeAll(useTable);

const POOL = { name: 'web', protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' };
const LISTENER = { protocol: 'HTTP', protocol_port: 80 };
const RULE = { type: 'PATH', compare_type: 'STARTS_WITH', value: '/' };

const MEMBER = { address: '10.2.0.1', protocol_port: 80 };
const MISSING = '6a0a707c-45ef-4758-b533-e55adddba8ce';
const withRule = (rule: object) => ({
  listeners: [{ ...LISTENER, l7policies: [{ action: 'REJECT', rules: [rule] }] }],
});

const post = (api: TestApi, fields: object) =>
  api.call('/v2.0/lbaas/loadbalancers', {
    method: 'POST',
    token: api.tokenFor(randomUUID(), 'member'),
    body: { loadbalancer: { vip_subnet_id: SUBNET_V4.id, ...fields } },
  });

describe('POST of a load balancer with everything below it', () => {
  it('is refused for a member that its VIP cannot serve, and gives the VIP port back', async () => {
    const api = testApi();
    const members = [{ address: '2001:db8::1', protocol_port: 53 }];
    const answer = await post(api, { pools: [{ ...POOL, protocol: 'UDP', members }] });
    expect([answer.status, faultOf(answer)]).toEqual([501, expect.stringMatching(/members in UDP load balancers\.$/)]);
    expect(api.network.ports.size).toBe(0);
  });

  it('commits all of it at once, and answers it nested', async () => {
    const healthmonitor = { type: 'TCP', delay: 1, timeout: 1, max_retries: 1 };
    const answer = await post(testApi(), {
      listeners: [
        {
          ...LISTENER,
          default_pool: { ...POOL, members: [MEMBER], healthmonitor },
          l7policies: [
            { action: 'REDIRECT_TO_POOL', redirect_pool: { name: 'other' }, rules: [RULE] },
            { action: 'REJECT', position: 1, rules: [RULE, RULE] },
          ],
        },
        { ...LISTENER, protocol: 'UDP' },
      ],
      pools: [{ ...POOL, name: 'other' }],
    });
    expect(answer.status).toBe(201);
    const shown = inside(answer, 'loadbalancer');
    expect(shown).toMatchObject({
      listeners: expect.arrayContaining([
        expect.objectContaining({
          protocol: 'HTTP',
          l7policies: [
            expect.objectContaining({ action: 'REJECT', position: 1, rules: [expect.anything(), expect.anything()] }),
            expect.objectContaining({ position: 2, redirect_pool_id: expect.any(String) }),
          ],
        }),
      ]),
      pools: expect.arrayContaining([
        expect.objectContaining({
          name: 'web',
          members: [expect.objectContaining({ address: '10.2.0.1', operating_status: 'OFFLINE' })],
          healthmonitor: expect.objectContaining({ type: 'TCP' }),
        }),
      ]),
    });
    const tree = await getTree(shown.id);
    expect(tree.listeners.map(({ peer_port }) => peer_port).sort()).toEqual([1025, 1026]);
    const everything = [...tree.listeners, ...tree.pools, ...tree.members, ...tree.l7_policies, ...tree.l7_rules];
    expect(new Set(everything.map((object) => object.provisioning_status))).toEqual(new Set(['PENDING_CREATE']));
    expect([tree.pools.length, tree.members.length, tree.l7_rules.length]).toEqual([2, 1, 3]);
  });

  it('takes a name with the switches that clients always send for a pool that is defined elsewhere', async () => {
    const reference = { name: 'web', admin_state_up: true, tls_enabled: false };
    const answer = await post(testApi(), { listeners: [{ ...LISTENER, default_pool: reference }], pools: [POOL] });
    const { listeners, pools } = await getTree(inside(answer, 'loadbalancer').id);
    expect(pools).toHaveLength(1);
    expect(listeners).toMatchObject([{ default_pool_id: pools[0]?.id }]);
  });

  it('takes one pool without a name', async () => {
    const { name: _name, ...nameless } = POOL;
    expect((await post(testApi(), { pools: [nameless, POOL] })).status).toBe(201);
  });

  it('keeps the port of what is committed, whatever fails after it', async () => {
    const api = testApi();
    let committed = false;
    const stop = interceptRequests(async (input, send) => {
      if (committed) throw new Error('the table is away');
      await send();
      committed = input.includes('"PENDING_CREATE"');
    });
    try {
      expect((await post(api, { listeners: [LISTENER] })).status).toBe(500);
    } finally {
      stop();
    }
    const [port] = api.network.ports.values();
    const { load_balancer } = await getTree(String(port?.name).slice('octavia-lb-'.length));
    expect(load_balancer.vip.port_id).toBe(port?.id);
  });

  it.each([
    [{ listeners: [{ ...LISTENER, default_pool: { name: 'x' } }] }, 400, /Pool 'x' was referenced but no full/],
    [
      {
        pools: [
          { ...POOL, name: undefined },
          { ...POOL, name: null },
        ],
      },
      400,
      /Pools must be named/,
    ],
    [{ listeners: [{ ...LISTENER, default_pool: { ...POOL, name: null } }] }, 400, /Pools must be named/],
    [{ pools: [{ name: 'web' }] }, 400, /protocol. Value: 'None'. Mandatory field missing/],
    [{ pools: [{ ...POOL, project_id: 'p' }] }, 400, /^Unknown attribute.*pools: project_id$/],
    [{ listeners: [{ ...LISTENER, tenant_id: 'p' }] }, 400, /^Unknown attribute.*listeners: tenant_id$/],
    [{ pools: [{ ...POOL, members: [{ ...MEMBER, project_id: 'p' }] }] }, 400, /^Unknown.*pools.members: project_id$/],
    [{ listeners: [{ ...LISTENER, default_pool_id: MISSING }] }, 404, /^Pool .* not found\.$/],
    [withRule({ ...RULE, value: 'a b' }), 400, /^Error parsing L7Rule: Invalid characters in comparison value$/],
    [withRule({ ...RULE, type: 'SSL_CONN_HAS_CERT', key: 'k' }), 400, /^Error parsing L7Rule: /],
    [withRule({ ...RULE, project_id: 'p' }), 400, /^Unknown attribute.*l7policies.rules: project_id$/],
    [{ pools: [POOL, POOL] }, 400, /Pool name 'web' must be unique/],
    [{ pools: [{ name: 'web', protocol: 'HTTP' }] }, 400, /lb_algorithm. Value: 'None'. Mandatory field missing/],
    [{ listeners: [LISTENER, LISTENER] }, 409, /already using protocol HTTP and protocol_port 80$/],
    [{ listeners: [{ ...LISTENER, colour: 1 }] }, 400, /^Unknown attribute.*colour$/],
    [{ listeners: [{ ...LISTENER, project_id: 'x' }] }, 400, /^Unknown attribute .*\.listeners: project_id$/],
    [
      { listeners: [{ ...LISTENER, default_pool_id: SUBNET_V4.id }] },
      404,
      new RegExp(`^Pool ${SUBNET_V4.id} not found`),
    ],
    [
      { listeners: [{ ...LISTENER, protocol: 'UDP', default_pool: POOL }] },
      400,
      /pool protocol 'HTTP' is invalid while the listener protocol is 'UDP'/,
    ],
    [{ listeners: [{ ...LISTENER, allowed_cidrs: ['::/0'] }] }, 400, /incompatible with all VIPs/],
    [{ pools: [{ ...POOL, members: [{ address: '169.254.169.254', protocol_port: 1 }] }] }, 400, /member address$/],
  ])('of %j is refused with the reason, and leaves no port', async (fields, status, text) => {
    const api = testApi();
    const answer = await post(api, fields);
    expect(faultOf(answer)).toMatch(text);
    expect(answer.status).toBe(status);
    expect(api.network.ports.size).toBe(0);
  });
});
