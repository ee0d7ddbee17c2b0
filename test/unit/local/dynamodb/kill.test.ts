import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startDynamodb } from '../../../../local/dynamodb/dynamodb.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kill-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a kill in the middle of transactions leaves none of them half done', async () => {
  const credentials = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local', AWS_REGION: 'local' };
  const writer = spawn(process.execPath, ['test/unit/local/dynamodb/pairs.ts', folder], {
    env: { PATH: process.env.PATH, ...credentials },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(writer.stdout, 'data');
  writer.kill('SIGKILL');
  await once(writer, 'exit');
  const server = await startDynamodb({ folder });
  const client = new DynamoDBClient({
    endpoint: server.endpoint,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const { Items = [] } = await client.send(new ScanCommand({ TableName: 'pairs' }));
  client.destroy();
  await server.stop();
  const numbers = new Map(Items.map((item) => [item.pk?.S, Number(item.n?.N)]));
  expect(numbers.size).toBe(8);
  for (const pair of [1, 2, 3, 4]) {
    expect(numbers.get(`${pair}/a`)).toBeGreaterThan(0);
    expect(numbers.get(`${pair}/a`)).toBe(numbers.get(`${pair}/b`));
  }
});
