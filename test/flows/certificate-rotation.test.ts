import { afterEach, describe, expect, it } from 'vitest';
import type { Amphora } from '../../lib/models/objects/amphora.ts';
import { newListener } from '../fixtures/children.ts';
import { useBench } from './support/bench.ts';
import { endedCertificate, noteOnRow } from './support/certificates.ts';
import { holdNext } from './support/hold-next.ts';

const bench = useBench();
afterEach(() => bench.cloud().faults.clear());

const DAY = 86_400_000;
const inDays = (days: number): string => new Date(Date.now() + days * DAY).toISOString();
const REFUSES = { service: 'agent', method: 'PUT', path: '/certificate$', status: 500, body: {} };

const only = (amphorae: readonly Amphora[]): Amphora => {
  const [amphora] = amphorae;
  if (amphora === undefined) throw new Error('there is no amphora');
  return amphora;
};

const shown = (amphora: Amphora) => bench.lib().amphoraDriver().shownCertificate(bench.agentOf(amphora));

/** A load balancer's amphora whose certificate ends after so many days, by its row. */
const endingIn = async (days: number) => {
  const { id } = await bench.created();
  const amphora = only(await bench.amphorae(id));
  await noteOnRow(amphora, { cert_expiration: inDays(days) });
  return { id, amphora, now: async () => only(await bench.amphorae(id)) };
};

const byHour = () => bench.stack().invoke('RotateCertificates');

/** A round with other settings, and the events it raised. */
const roundWith = async (changes: { readonly atOnce?: number; readonly expiredFailover?: boolean }) => {
  const [{ rotateCertificates }, { wantedIssuer }] = await Promise.all([
    import('../../lib/upkeep/certificates.ts'),
    import('../../lib/drivers/certificate/wanted-issuer.ts'),
  ]);
  const events: unknown[] = [];
  const round = await rotateCertificates({
    worker: bench.worker(),
    putEvents: async (type, details) => {
      for (const detail of details) events.push({ type, detail });
    },
    expiryBuffer: 14 * 86_400,
    issuer: await wantedIssuer(),
    atOnce: 10,
    expiredFailover: false,
    until: Date.now() + 20_000,
    ...changes,
  });
  return { round, events };
};

describe('the hourly rotation of certificates', () => {
  it('replaces those that end within the buffer, and no other', async () => {
    const soon = await endingIn(13);
    const later = await endingIn(15);
    const before = [await shown(soon.amphora), await shown(later.amphora)];
    expect(await byHour()).toMatchObject({ due: 1, rotated: 1, failed: 0, left: 0, alarms: [] });
    const after = [await shown(soon.amphora), await shown(later.amphora)];
    expect(after[0]).not.toBe(before[0]);
    expect(after[1]).toBe(before[1]);
    expect(Date.parse(String((await soon.now()).cert_expiration))).toBeGreaterThan(Date.now() + 29 * DAY);
    expect(await byHour()).toMatchObject({ due: 0, rotated: 0 });
    const [operation] = await bench.lib().listOperations(soon.id);
    expect(operation).toMatchObject({
      flow: 'rotate-amphora-certificate',
      status: 'SUCCEEDED',
      requester: { user_id: 'housekeeping' },
    });
  });

  it('replaces those of spares, and those with an unknown end', async () => {
    const spare = await bench.worker().createAmphora();
    await spare.wait();
    await noteOnRow({ id: spare.resourceId, load_balancer_id: null }, { cert_expiration: inDays(1) });
    const unknown = await endingIn(20);
    await noteOnRow(unknown.amphora, { cert_expiration: null });
    expect(await byHour()).toMatchObject({ due: 2, rotated: 2 });
    expect(await byHour()).toMatchObject({ due: 0 });
  });

  it('blocks no tenant: changes are accepted and made meanwhile', async () => {
    const { id, amphora } = await endingIn(1);
    const { project_id } = (await bench.lib().getTree(id)).load_balancer;
    const held = holdNext(bench.cloud(), { service: 'agent', method: 'PUT', path: '/certificate$' });
    const round = byHour();
    await expect.poll(async () => only(await bench.amphorae(id)).cert_busy, { interval: 10 }).toBe(true);
    const handle = await bench.worker().createListener(newListener({ id, project_id }));
    await handle.wait();
    await held.letGo();
    expect(await round).toMatchObject({ rotated: 1 });
    expect(only(await bench.amphorae(id))).toMatchObject({ id: amphora.id, cert_busy: false, status: 'ALLOCATED' });
    expect((await bench.lib().getTree(id)).load_balancer).toMatchObject({ provisioning_status: 'ACTIVE' });
  });

  it('leaves alone an amphora that another operation works on, until the next round', async () => {
    const { amphora } = await endingIn(1);
    const held = holdNext(bench.cloud(), { service: 'agent', method: 'PUT', path: '/config$' });
    const other = await bench.worker().updateAmphoraAgentConfig(amphora.id);
    expect(await byHour()).toMatchObject({ due: 1, rotated: 0, failed: 0, left: 1 });
    await held.letGo();
    await other.wait();
    expect(await byHour()).toMatchObject({ due: 1, rotated: 1 });
  });
});

describe('a rotation whose load balancer is deleted meanwhile', () => {
  it('ends with it, and takes no row from those that wait for the purge', async () => {
    const { id, amphora } = await endingIn(1);
    const held = holdNext(bench.cloud(), { service: 'agent', method: 'PUT', path: '/certificate$' });
    const rotation = await bench.worker().rotateAmphoraCertificate(amphora.id);
    await expect.poll(async () => only(await bench.amphorae(id)).cert_busy, { interval: 10 }).toBe(true);
    await (await bench.worker().deleteLoadBalancer(id)).wait();
    await held.letGo();
    expect(await bench.ended(rotation)).toMatchObject({ status: 'FAILED', error_name: 'AmphoraNotFound' });
    const { listDeleted } = await import('../../lib/repositories/cloud/deleted-rows.ts');
    const waiting = await listDeleted('DELETED#AMPHORA', inDays(1), 1000);
    expect(waiting).toContainEqual(expect.objectContaining({ row: expect.objectContaining({ id: amphora.id }) }));
  });
});

describe('a rotation that fails', () => {
  it('trap 35: is tried again by the next round, after those that did not fail', async () => {
    const failing = await endingIn(8);
    bench.cloud().faults.add(REFUSES);
    expect(await byHour()).toMatchObject({ due: 1, rotated: 0, failed: 1, alarms: [] });
    bench.cloud().faults.clear();
    const other = await endingIn(9);
    expect((await roundWith({ atOnce: 1 })).round).toMatchObject({ due: 2, rotated: 2, left: 0 });
    const rotatedAt = async ({ now }: typeof failing) => String((await now()).last_rotation?.at);
    expect((await rotatedAt(other)) < (await rotatedAt(failing))).toBe(true);
  });

  it('raises an alarm with its reason when less than half of the buffer is left', async () => {
    const { id, amphora } = await endingIn(6.9);
    bench.cloud().faults.add(REFUSES);
    const { events } = await roundWith({});
    const [operation] = await bench.lib().listOperations(id);
    const detail = {
      amphora_id: amphora.id,
      loadbalancer_id: id,
      expired: false,
      operation_id: operation?.id,
      error_name: 'AmphoraRequestError',
      error_message: expect.stringContaining('PUT /1.0/certificate: 500'),
      advice: expect.stringContaining('tried again'),
    };
    expect(events).toEqual([{ type: 'Amphora Certificate Alarm', detail: expect.objectContaining(detail) }]);
    // No amphora had a turn: the reason is the former round's.
    const idle = await roundWith({ atOnce: 0 });
    expect(idle.round).toMatchObject({ due: 1, rotated: 0, failed: 0, left: 1 });
    expect(idle.events).toEqual(events);
    bench.cloud().faults.clear();
    expect(await byHour()).toMatchObject({ rotated: 1, alarms: [] });
  });
});

describe('an amphora whose certificate has ended', () => {
  const ended = async () => {
    const made = await endingIn(-1);
    const server = String(made.amphora.compute_id);
    // Connections that are open would not look at it.
    await bench.cloud().faults.setAgentMode(server, 'absent');
    await bench.cloud().faults.showCertificate(server, await endedCertificate(made.amphora.id));
    return made;
  };

  it('cannot be configured any more: the alarm names failover as the remedy', async () => {
    const { id, amphora } = await ended();
    const answer = await byHour();
    const alarm = {
      amphora_id: amphora.id,
      loadbalancer_id: id,
      expired: true,
      error_name: 'AmphoraIdentityError',
      error_message: expect.stringContaining('CERT_HAS_EXPIRED'),
      advice: expect.stringContaining('fail its load balancer over'),
    };
    expect(answer).toMatchObject({ due: 1, failed: 1, alarms: [alarm], failed_over: [] });
    await (await bench.worker().deleteLoadBalancer(id)).wait();
  });

  it('is failed over where the settings ask for it, and the new one can be configured', async () => {
    const { id, amphora } = await ended();
    expect((await roundWith({ expiredFailover: true })).round).toMatchObject({ failed_over: [amphora.id] });
    const status = async () => (await bench.lib().getTree(id)).load_balancer.provisioning_status;
    await expect.poll(status).toBe('ACTIVE');
    const after = only(await bench.amphorae(id));
    expect(after.id).not.toBe(amphora.id);
    await (await bench.worker().rotateAmphoraCertificate(after.id)).wait();
    expect((await roundWith({ expiredFailover: true })).round).toMatchObject({ due: 0, failed_over: [] });
  });
});
