import { expect, test } from 'vitest';
import { abortExecutions } from './support/abort-executions.ts';
import { useBench } from './support/bench.ts';
import { noteOnRow } from './support/certificates.ts';

const bench = useBench();

/** The second a certificate ends in may be the same for two; this one is long past. */
const PAST = '2020-01-01T00:00:00.000Z';

test('a rotated certificate is shown on the wire, and its end is noted', async () => {
  const { id } = await bench.created();
  const [before] = await bench.amphorae(id);
  if (before === undefined) throw new Error('there is no amphora');
  await noteOnRow(before, { cert_expiration: PAST });
  const agents = bench.lib().amphoraDriver();
  const shown = await agents.shownCertificate(bench.agentOf(before));
  const handle = await bench.worker().rotateAmphoraCertificate(before.id);
  await handle.wait();
  expect(await bench.transitions(handle)).toBe(2);
  expect(await agents.shownCertificate(bench.agentOf(before))).not.toBe(shown);
  const [after] = await bench.amphorae(id);
  expect(after).toMatchObject({ status: 'ALLOCATED', cert_busy: false });
  expect(Date.parse(String(after?.cert_expiration))).toBeGreaterThan(Date.now());
  expect(JSON.stringify(await bench.history(handle))).not.toContain('PRIVATE KEY');
});

test('trap 35: a rotation that fails is recorded, and the amphora is free for the next one', async () => {
  const { id } = await bench.created();
  const [amphora] = await bench.amphorae(id);
  if (amphora === undefined) throw new Error('there is no amphora');
  bench.cloud().faults.add({ service: 'agent', method: 'PUT', path: '/certificate$', status: 500, body: {} });
  const operation = await bench.ended(await bench.worker().rotateAmphoraCertificate(amphora.id));
  bench.cloud().faults.clear();
  expect(operation).toMatchObject({
    status: 'FAILED',
    failed_step: 'AmphoraCertUpload',
    error_name: 'AmphoraRequestError',
  });
  const [after] = await bench.amphorae(id);
  expect(after).toMatchObject({ status: 'ALLOCATED', cert_busy: false, cert_expiration: amphora.cert_expiration });
  await (await bench.worker().rotateAmphoraCertificate(amphora.id)).wait();
});

test('an amphora whose upkeep is lost too often serves as before, and is free for the next one', async () => {
  const { id } = await bench.created();
  const [amphora] = await bench.amphorae(id);
  if (amphora === undefined) throw new Error('there is no amphora');
  bench.cloud().faults.add({ service: 'agent', method: 'PUT', path: '/certificate$', delayMs: 5_000, times: 4 });
  const handle = await bench.worker().rotateAmphoraCertificate(amphora.id);
  for (let loss = 1; loss <= 4; loss += 1) {
    await expect.poll(() => abortExecutions(bench.stack(), 'rotate-amphora-certificate')).toBe(1);
  }
  expect(await bench.ended(handle)).toMatchObject({ status: 'FAILED', error_name: 'ExecutionLost' });
  bench.cloud().faults.clear();
  expect(await bench.amphorae(id)).toMatchObject([{ id: amphora.id, status: 'ALLOCATED', cert_busy: false }]);
  await (await bench.worker().rotateAmphoraCertificate(amphora.id)).wait();
});

test("an agent's configuration says the topology its load balancer has", async () => {
  const { id, vip } = await bench.created({ topology: 'ACTIVE_STANDBY' });
  const holders = await bench.holders(id, vip.ip_address);
  for (const amphora of await bench.amphorae(id)) {
    await (await bench.worker().updateAmphoraAgentConfig(amphora.id)).wait();
  }
  // An agent of SINGLE would claim the VIP for itself.
  expect(await bench.holders(id, vip.ip_address)).toEqual(holders);
});
