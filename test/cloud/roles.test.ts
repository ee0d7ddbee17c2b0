import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Cli } from './cli.ts';
import { LOAD_BALANCERS } from './load-balancer-api.ts';
import { useRealStack } from './real-stack.ts';

const ANY = z.array(z.looseObject({}));
const FORBIDDEN = /Policy does not allow this request to be performed/;

/** What a user may: look at load balancers, at amphorae, change a quota; as the command says. */
const rights = async (cli: Cli, projectId: string) => {
  const may = async (run: Promise<unknown>): Promise<boolean> => {
    const refusal = await run.then(
      () => null,
      (error: unknown) => String(error),
    );
    if (refusal !== null) expect(refusal).toMatch(FORBIDDEN);
    return refusal === null;
  };
  return {
    look: await may(cli.json(ANY, 'loadbalancer', 'list')),
    lookAtAmphorae: await may(cli.json(ANY, 'loadbalancer', 'amphora', 'list')),
    changeQuotas: await may(cli.run('loadbalancer', 'quota', 'set', '--l7rule', '-1', projectId)),
  };
};

describe.each([
  [
    'keystone_default',
    {
      observer: { look: true, lookAtAmphorae: false, changeQuotas: false },
      nobody: { look: true, lookAtAmphorae: false, changeQuotas: false },
      'lb-admin': { look: true, lookAtAmphorae: false, changeQuotas: false },
      admin: { look: true, lookAtAmphorae: true, changeQuotas: true },
    },
  ],
  [
    'advanced',
    {
      observer: { look: true, lookAtAmphorae: false, changeQuotas: false },
      nobody: { look: false, lookAtAmphorae: false, changeQuotas: false },
      'quota-admin': { look: false, lookAtAmphorae: false, changeQuotas: true },
      'lb-admin': { look: true, lookAtAmphorae: true, changeQuotas: true },
    },
  ],
])('with the policies of %s', (POLICY_SET, due) => {
  const real = useRealStack({ POLICY_SET });
  let project = '';
  beforeAll(async () => {
    ({ projectId: project } = z.object({ projectId: z.string() }).parse(await real().session.whoami()));
  });

  it.each(Object.entries(due))('%s may do with the command what the role is due', async (user, may) => {
    expect(await rights(await real().cliAs(user), project)).toEqual(may);
  });

  it('an observer looks and does not change; what is another project’s is forbidden', async () => {
    const { TEST_VIP_SUBNET: vip_subnet_id, TEST_TENANT_CLOUD, TEST_OTHER_TENANT_CLOUD } = real().facts;
    const [observer, tenant, other] = [
      await real().as(real().facts.TEST_OBSERVER_CLOUD),
      await real().as(TEST_TENANT_CLOUD),
      await real().as(TEST_OTHER_TENANT_CLOUD),
    ];
    const loadbalancer = { name: 'whose', vip_subnet_id };
    expect((await observer.call('POST', LOAD_BALANCERS, { loadbalancer })).status).toBe(403);
    const { id } = await tenant.create(loadbalancer);
    const path = `${LOAD_BALANCERS}/${id}`;
    expect(await tenant.settled(id)).toMatchObject({ provisioning_status: 'ACTIVE' });
    expect((await observer.call('GET', path)).status).toBe(200);
    expect((await observer.call('DELETE', path)).status).toBe(403);
    for (const method of ['GET', 'DELETE'] as const) expect((await other.call(method, path)).status).toBe(403);
    expect((await tenant.call('DELETE', path)).status).toBe(204);
    expect(await tenant.settled(id)).toBeNull();
  });
});
