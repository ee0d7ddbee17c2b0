import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answers } from '../../../../../functions/api/openapi/answers.ts';
import { commitNewAmphora } from '../../../../../lib/repositories/fleet/amphora-commits.ts';
import { changeRollout, findCurrentRollout } from '../../../../../lib/repositories/fleet/rollouts.ts';
import { listOperations } from '../../../../../lib/repositories/operations/operations.ts';
import { requester } from '../../../../fixtures/load-balancer.ts';
import { useTable } from '../../../../helpers/table.ts';
import { fakeStepFunctions } from '../../../lib/executions/support.ts';
import { storedFlavorOrZone, storedProfile } from '../../../lib/repositories/support/flavors-and-zones.ts';
import { NETWORK_ID, SUBNET_V4 } from '../support/fake-network.ts';
import { storedLoadBalancer } from '../support/load-balancers.ts';
import { requests } from './requests.ts';

let stepFunctions: Awaited<ReturnType<typeof fakeStepFunctions>>;

beforeAll(async () => {
  await useTable();
  // Of another file's tests: there is never more than one.
  const rollout = await findCurrentRollout();
  if (rollout !== null) await changeRollout(rollout, { status: 'STOPPED' });
  stepFunctions = await fakeStepFunctions();
});
afterAll(() => stepFunctions.stop());

const SEED = 20_261_125;
const RULE = { type: 'PATH', compare_type: 'STARTS_WITH', value: '/' };

/** A spare. */
const storedAmphora = async (): Promise<string> => {
  const id = randomUUID();
  await commitNewAmphora(id, { flow: 'create-amphora', requester });
  return id;
};

/** Many short rounds: a round soon has deleted what it began with. */
const ROUNDS = 25;
const REQUESTS = 120;

describe('the API, asked anything', () => {
  const seen = new Map<number, number>();
  const succeeded = new Set<string>();

  it.for(Array.from({ length: ROUNDS }, (_, round) => round))(
    'answers as it is described, or refuses with a fault, and never fails: round %i',
    async (round) => {
      // After the settings of this Step Functions endpoint are known.
      const [{ workbench }, { ControllerWorker }] = await Promise.all([
        import('../support/resources.ts'),
        import('../../../../../lib/controller-worker.ts'),
      ]);
      const worker = () => new ControllerWorker();
      const bench = await workbench({ worker, changes: worker, repairs: worker });
      const { api, loadBalancer, listener, pool, member, monitor, policy } = bench;
      const [web, members] = [await listener(), await pool()];
      const [one, watch, redirect] = [await member(members.id), await monitor(members.id), await policy(web.id)];
      const [flavor, zone] = [await storedFlavorOrZone('flavor'), await storedFlavorOrZone('availability_zone')];
      // One that takes operations of its own, or the one that has changes below it.
      const atRest = await storedLoadBalancer({ project_id: loadBalancer.project_id });
      const known = {
        loadbalancer: round % 2 === 0 ? loadBalancer.id : atRest.id,
        subnet: SUBNET_V4.id,
        network: NETWORK_ID,
        listener: web.id,
        // The one with the member and the monitor, or one that can have a monitor yet.
        pool: round % 2 === 0 ? members.id : (await pool()).id,
        member: one.id,
        healthmonitor: watch.id,
        l7policy: redirect.id,
        flavor: flavor.id,
        flavor_profile: flavor.profile_id,
        flavorprofile: (await storedProfile('flavor')).id,
        availabilityzone: zone.id,
        availability_zone_profile: zone.profile_id,
        availabilityzoneprofile: (await storedProfile('availability_zone')).id,
        rule: (await bench.made(`l7policies/${redirect.id}/rules`, 'rule', RULE)).id,
        project: loadBalancer.project_id,
        provider: 'amphora',
        amphora: await storedAmphora(),
        operation: (await listOperations(loadBalancer.id))[0]?.id ?? '',
      };
      const [owner, reader, admin] = [
        api.tokenFor(loadBalancer.project_id, 'member'),
        api.tokenFor(loadBalancer.project_id, 'reader'),
        api.tokenFor('admin', 'admin'),
      ];
      const asked = fc.tuple(
        requests(api.routes, { known, unknown: [randomUUID()] }),
        fc.constantFrom(owner, owner, admin, admin, reader),
      );
      await fc.assert(
        fc.asyncProperty(asked, async ([{ method, path, route, body }, token]) => {
          // The call itself checks that answers and faults have the shapes of the API's description.
          const { status, body: answer } = await api.call(path, { method, token, body });
          seen.set(status, (seen.get(status) ?? 0) + 1);
          expect(status === 501 || status < 500, `${status} ${JSON.stringify(answer)}`).toBe(true);
          if (status < 300) succeeded.add(route);
        }),
        { seed: SEED + round, numRuns: REQUESTS },
      );
    },
  );

  it('is asked for everything, and does nine tenths of it at least once', () => {
    // Switched off, and what needs amphorae at work; tests of their own check those answers.
    const rare = /\/healthcheck$|redrive$|failover$|^(?:PUT|DELETE) \/octavia|^GET \/octavia.*stats$/;
    const routes = Object.keys(answers).filter((route) => !rare.test(route));
    const never = routes.filter((route) => !succeeded.has(route));
    // Some, by chance: a new route or field leads to other requests.
    expect(never.length / routes.length, `${never}`).toBeLessThan(0.1);
  });

  it('is asked for things it does and for things it refuses', () => {
    for (const status of [200, 201, 202, 204, 400, 403, 404, 409])
      expect(seen.get(status) ?? 0, `${status}`).toBeGreaterThan(0);
  });
});
