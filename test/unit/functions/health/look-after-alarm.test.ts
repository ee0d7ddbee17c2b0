import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { MUTABLE_STATUSES, ProvisioningStatus } from '../../../../lib/models/statuses.ts';
import { listStandingAlarms } from '../../../../lib/repositories/health/standing-alarms.ts';
import { commitLoadBalancerOperation } from '../../../../lib/repositories/locks/commits.ts';
import { settle } from '../../../../lib/repositories/locks/settlements.ts';
import { useTable } from '../../../helpers/table.ts';
import { fakeStepFunctions } from '../../lib/executions/support.ts';
import { watched } from '../../lib/health/receiver/support.ts';
import { ended, flowOf, updateRequest } from '../../lib/repositories/support/stored.ts';
import { invoke } from '../../lib/task/support/invoke.ts';

let stepFunctions: Awaited<ReturnType<typeof fakeStepFunctions>>;
let health: typeof import('../../../../functions/health/look-after-alarm.ts');

beforeAll(async () => {
  await useTable();
  stepFunctions = await fakeStepFunctions();
  for (const setting of NEVER_USED) vi.stubEnv(setting, 'no such thing');
  health = await import('../../../../functions/health/look-after-alarm.ts');
});
afterAll(() => stepFunctions.stop());
afterEach(() => void vi.useRealTimers());

/** Of drivers that operators' alarms never ask. */
const NEVER_USED = [
  'SERVER_CA_CERTIFICATE',
  'SERVER_CA_PRIVATE_KEY',
  'CLIENT_CA_CERTIFICATE',
  'CLIENT_CERTIFICATE',
  'AMP_FLAVOR_ID',
  'AMP_IMAGE_TAG',
];

const EVERY_MINUTE = { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} };

const stateOf = (amphoraId: string, value: string) => ({
  source: 'aws.cloudwatch',
  detail: {
    state: { value },
    configuration: { metrics: [{ metricStat: { metric: { dimensions: { AmphoraId: amphoraId } } } }] },
  },
});

const outcomes = async (event: unknown, amphoraId: string) =>
  (await invoke(health.handler, event)).alarms
    .filter(({ amphora_id }) => amphora_id === amphoraId)
    .map(({ outcome }) => outcome);

/** An amphora whose load balancer an operation works on, and how that ends. */
const busy = async () => {
  const { loadBalancer, amphoraIds } = await watched();
  const updates = { allowed: MUTABLE_STATUSES, to: ProvisioningStatus.PENDING_UPDATE };
  const operation = await commitLoadBalancerOperation(loadBalancer.id, updateRequest, updates);
  return { amphoraId: String(amphoraIds[0]), end: () => settle(flowOf(operation), ended) };
};

describe("an operator's alarm, which CloudWatch sends once", () => {
  it('that comes while an operation works on the load balancer is tried again each minute, until a failover has begun', async () => {
    const { amphoraId, end } = await busy();
    expect(await outcomes(stateOf(amphoraId, 'ALARM'), amphoraId)).toEqual(['busy']);
    expect(await outcomes(EVERY_MINUTE, amphoraId)).toEqual(['busy']);
    await end();
    expect(await outcomes(EVERY_MINUTE, amphoraId)).toEqual(['failover']);
    expect(await outcomes(EVERY_MINUTE, amphoraId)).toEqual([]);
  });

  it('is over when it is OK again', async () => {
    const { amphoraId, end } = await busy();
    await outcomes(stateOf(amphoraId, 'ALARM'), amphoraId);
    expect(await listStandingAlarms()).toContain(amphoraId);
    await outcomes(stateOf(amphoraId, 'OK'), amphoraId);
    await end();
    expect(await outcomes(EVERY_MINUTE, amphoraId)).toEqual([]);
  });

  it('stands for a day', async () => {
    const { amphoraId } = await busy();
    await outcomes(stateOf(amphoraId, 'ALARM'), amphoraId);
    const now = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: now + 86_300_000 });
    expect(await listStandingAlarms()).toContain(amphoraId);
    vi.setSystemTime(now + 86_500_000);
    expect(await listStandingAlarms()).not.toContain(amphoraId);
  });

  it('of an amphora that is no more is forgotten', async () => {
    const unknown = crypto.randomUUID();
    expect(await outcomes(stateOf(unknown, 'ALARM'), unknown)).toEqual(['gone']);
    expect(await listStandingAlarms()).not.toContain(unknown);
  });
});
