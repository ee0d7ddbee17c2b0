import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { smallTree } from '../fixtures/children.ts';
import { useBench } from './support/bench.ts';

/** UDP ports that are free now. */
const freePorts = async (count: number): Promise<readonly number[]> => {
  const sockets = Array.from({ length: count }, () => createSocket('udp4').bind(0, '127.0.0.1'));
  await Promise.all(sockets.map((socket) => once(socket, 'listening')));
  const ports = sockets.map((socket) => socket.address().port);
  await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))));
  return ports;
};

const ports = await freePorts(2);
const detection = { HEARTBEAT_INTERVAL: '1', HEALTH_CHECK_INTERVAL: '1', HEARTBEAT_TIMEOUT: '20' };
const addresses = ports.map((port) => `127.0.0.1:${port}`).join(',');
const bench = useBench({ settings: { ...detection, CONTROLLER_IP_PORT_LIST: addresses } });

const receivers = new Map<number, ChildProcess>();
afterAll(() => {
  for (const child of receivers.values()) child.kill('SIGKILL');
});

/** The process that is deployed, on the stack's table and bus. */
const startReceiver = async (port: number): Promise<void> => {
  const child = spawn(process.execPath, ['lib/health/receiver/main.ts'], {
    env: { ...process.env, HEARTBEAT_BIND_IP: '127.0.0.1', HEARTBEAT_BIND_PORT: String(port), LOG_LEVEL: 'INFO' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  receivers.set(port, child);
  await once(child.stdout, 'data');
  child.stdout.resume();
};

const kill = async (port: number): Promise<void> => {
  const child = receivers.get(port);
  child?.kill('SIGKILL');
  if (child) await once(child, 'exit');
};

/** The port of the receiver that sweeps for stale amphorae. */
const lookingPort = async (): Promise<number> => {
  const [{ findRow }, { receiversKey }] = await Promise.all([
    import('../../lib/repositories/table/query.ts'),
    import('../../lib/repositories/table/keys.ts'),
  ]);
  return Number(
    String((await findRow(receiversKey('SWEEP')))?.holder)
      .split(':')
      .at(-1),
  );
};

test('of two receivers one may die: no amphora is taken for dead, and dead ones are found', async () => {
  await Promise.all(ports.map(startReceiver));
  const { id } = await bench.created({}, (owner) =>
    smallTree(owner, { subnet_id: bench.cloud().facts.memberSubnetId, ip_address: '127.0.0.9' }),
  );
  const whole = async () => (await bench.lib().getTree(id)).load_balancer.operating_status;
  const flows = async () => (await bench.lib().listOperations(id)).map(({ flow }) => flow);
  await expect.poll(whole).toBe('ONLINE');
  await expect.poll(lookingPort).toSatisfy((port: number) => ports.includes(port));

  const dead = await lookingPort();
  await kill(dead);
  await expect.poll(lookingPort).toBe(ports.find((port) => port !== dead));
  // Every second heartbeat goes nowhere now.
  await pause(5_000);
  expect(await flows()).toEqual(['create-load-balancer']);

  const [old] = await bench.amphorae(id);
  await bench.crash(old);
  await expect.poll(async () => (await flows())[0]).toBe('failover-amphora');
  const replaced = async () => {
    const found = await bench.amphorae(id);
    return found.length === 1 && found.every((one) => one.id !== old?.id && one.status === 'ALLOCATED');
  };
  await expect.poll(replaced).toBe(true);
  await expect.poll(whole).toBe('ONLINE');
});
