import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { RECEIVER_BUNDLE } from './bundle.ts';

const PATIENCE_MS = 20_000;
/** The image's user; only root can become another user. */
const USER = process.getuid?.() === 0 ? { uid: 1000, gid: 1000 } : {};
const HEALTH_PORT = 18_080;

/** Everything it gets, as in the task definition; nothing can leave the machine. */
const ENVIRONMENT = {
  TABLE_NAME: 'deploy-worker-check',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'check',
  AWS_SECRET_ACCESS_KEY: 'check',
  DYNAMODB_ENDPOINT: 'http://127.0.0.1:9',
  EVENT_BUS_ENDPOINT: 'http://127.0.0.1:9',
  HEARTBEAT_KEY: 'check',
  HEARTBEAT_BIND_IP: '127.0.0.1',
  HEARTBEAT_BIND_PORT: '0',
  HEARTBEAT_HEALTH_PORT: String(HEALTH_PORT),
  CONTROLLER_IP_PORT_LIST: '127.0.0.1:5555',
};

/** What its health endpoint answers once it runs; null when it ends before, or takes too long. */
const healthOf = async (child: ChildProcess): Promise<number | null> => {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end && child.exitCode === null; await pause(100)) {
    try {
      const { status } = await fetch(`http://127.0.0.1:${HEALTH_PORT}/`);
      // There is no table here: it has to find that out, and say so.
      if (status === 503) return status;
    } catch {
      // Not up yet.
    }
  }
  return null;
};

const checkRunning = async (child: ChildProcess, said: () => string): Promise<readonly string[]> => {
  if ((await healthOf(child)) === null) return [`it did not come up, or calls itself well without a table: ${said()}`];
  const stopped = once(child, 'exit');
  child.kill('SIGTERM');
  const [code] = await stopped;
  return code === 0 ? [] : [`it ended with ${code} after SIGTERM: ${said()}`];
};

/** Runs the receiver's bundle as its image does: that one file, its settings, and no rights. */
export const checkReceiver = async (root: string): Promise<readonly string[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'receiver-'));
  try {
    await chmod(folder, 0o755);
    await copyFile(join(root, RECEIVER_BUNDLE), join(folder, 'main.mjs'));
    const child = spawn(process.execPath, ['main.mjs'], { cwd: folder, env: ENVIRONMENT, ...USER });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    child.once('error', (error) => {
      output += error.message;
    });
    try {
      return await checkRunning(child, () => output.slice(-2000));
    } finally {
      child.kill('SIGKILL');
    }
  } finally {
    await rm(folder, { recursive: true });
  }
};
