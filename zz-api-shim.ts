import { createServer } from 'node:http';
import { startDynamodb } from './local/dynamodb/dynamodb.ts';
import { readAnswer, send, toEvent } from './local/gateway/payload.ts';
import { ensureTable } from './local/table.ts';
import { parse } from 'yaml';
import { readFileSync } from 'node:fs';
process.env.AWS_REGION='us-east-1'; process.env.AWS_ACCESS_KEY_ID='x'; process.env.AWS_SECRET_ACCESS_KEY='x';
const db = await startDynamodb({ folder: null });
const def = parse(readFileSync('lib/repositories/table.yml','utf8')).Resources.Table.Properties;
await ensureTable(db.endpoint, 'us-east-1', { ...def, TableName: 'deploy-worker' });
process.env.DYNAMODB_ENDPOINT = db.endpoint; process.env.TABLE_NAME='deploy-worker';
const sfn = createServer((q, r) => { r.setHeader('content-type','application/x-amz-json-1.0'); r.end(JSON.stringify({ executionArn: 'arn:x', startDate: 1 })); });
await new Promise<void>((ok) => sfn.listen(0, '127.0.0.1', ok));
const a = sfn.address(); process.env.STEP_FUNCTIONS_ENDPOINT = `http://127.0.0.1:${typeof a === 'object' && a ? a.port : 0}`;
process.env.STATE_MACHINE_ARN_PREFIX = 'arn:aws:states:us-east-1:000000000000:stateMachine:dw-';
process.env.OS_CLOUD='octavia'; process.env.OS_CLIENT_CONFIG_FILE='/var/lib/deploy-worker-cloud/clouds.yaml';
const { handler } = await import('./functions/api/handler.ts');
const lbs = await import('./lib/repositories/settlements.ts'); const get = await import('./lib/repositories/load-balancers.ts');
const context = { getRemainingTimeInMillis: () => 29000 };
createServer((q, r) => { const parts: Buffer[] = []; q.on('data', (d) => parts.push(d)); q.on('end', async () => {
  if (q.url?.startsWith('/settle/')) { const [, , id, st] = q.url.split('/'); const lb = await get.getLoadBalancer(id ?? ''); if (lb.lock) await lbs.settle({ operation_id: lb.lock.operation_id, fence: lb.lock.fence, target: 'load_balancer', loadbalancer_id: lb.id, amphora_id: null }, { changes: { provisioning_status: st }, outcome: 'SUCCEEDED' } as never); r.end('ok'); return; }
  const event = toEvent(q, Buffer.concat(parts), '$default', {}); send(q, r, readAnswer(await handler(event, context as never, {} as never) as never)); }); }).listen(19876, '127.0.0.1', () => console.log('ready'));
