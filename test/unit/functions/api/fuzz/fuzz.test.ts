import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { useTable } from '../../../../helpers/table.ts';
import { fakeStepFunctions } from '../../../lib/executions/support.ts';
import { storedOffering } from '../../../lib/repositories/support/offerings.ts';
import { requests } from './requests.ts';

let stepFunctions: Awaited<ReturnType<typeof fakeStepFunctions>>;

beforeAll(async () => {
  await useTable();
  stepFunctions = await fakeStepFunctions();
});
afterAll(() => stepFunctions.stop());

const SEED = 20_261_125;
const fault = z.strictObject({
  faultcode: z.enum(['Client', 'Server']),
  faultstring: z.string().min(1),
  debuginfo: z.null(),
});

const ROUNDS = 10;
const REQUESTS = 150;

describe('the API, asked anything', () => {
  const seen = new Map<number, number>();

  it.for(Array.from({ length: ROUNDS }, (_, round) => round))(
    'answers, or refuses with a fault, and never fails: round %i',
    { timeout: 120_000 },
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
      const [flavor, zone] = [await storedOffering('flavor'), await storedOffering('availability_zone')];
      const known = {
        loadbalancer: loadBalancer.id,
        listener: web.id,
        pool: members.id,
        member: one.id,
        healthmonitor: watch.id,
        l7policy: redirect.id,
        flavor: flavor.id,
        flavor_profile: flavor.profile_id,
        flavorprofile: flavor.profile_id,
        availabilityzone: zone.id,
        availability_zone_profile: zone.profile_id,
        availabilityzoneprofile: zone.profile_id,
        project: loadBalancer.project_id,
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
        fc.asyncProperty(asked, async ([{ method, path, body }, token]) => {
          const { status, body: answer } = await api.call(`/v2.0${path}`, { method, token, body });
          seen.set(status, (seen.get(status) ?? 0) + 1);
          if (status < 400) return;
          expect(status === 501 || status < 500, `${status} ${JSON.stringify(answer)}`).toBe(true);
          fault.parse(answer);
        }),
        { seed: SEED + round, numRuns: REQUESTS },
      );
    },
  );

  it('is asked for things it does and for things it refuses', () => {
    for (const status of [200, 201, 202, 204, 400, 403, 404, 409])
      expect(seen.get(status) ?? 0, `${status}`).toBeGreaterThan(0);
  });
});
