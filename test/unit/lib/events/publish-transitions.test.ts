import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { useTable } from '../../../helpers/table.ts';

const putEvents = z.object({ Entries: z.array(z.object({ DetailType: z.string(), Detail: z.string() })) });
const detail = z.looseObject({ object_id: z.string().optional(), after: z.string().optional(), sequence: z.string() });

/** What the bus has got, by request; and which objects it refuses. */
const requests: z.infer<typeof detail>[][] = [];
const refused = new Set<string>();
let publish: typeof import('../../../../lib/events/publish-transitions.ts').publishTransitions;

const bus = createServer((request, response) => {
  let text = '';
  request.on('data', (chunk) => {
    text += String(chunk);
  });
  request.on('end', () => {
    const details = putEvents.parse(JSON.parse(text)).Entries.map((entry) => detail.parse(JSON.parse(entry.Detail)));
    requests.push(details);
    const Entries = details.map(({ object_id = '' }) =>
      refused.has(object_id) ? { ErrorCode: 'ThrottlingException' } : { EventId: randomUUID() },
    );
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(JSON.stringify({ FailedEntryCount: Entries.filter((one) => 'ErrorCode' in one).length, Entries }));
  });
});

beforeAll(async () => {
  await useTable();
  await new Promise<void>((resolve) => bus.listen(0, '127.0.0.1', resolve));
  const address = bus.address();
  vi.stubEnv('EVENT_BUS_ENDPOINT', `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
  vi.stubEnv('LOG_LEVEL', 'SILENT');
  vi.resetModules();
  ({ publishTransitions: publish } = await import('../../../../lib/events/publish-transitions.ts'));
});
afterAll(() => {
  bus.close();
  vi.unstubAllEnvs();
  // No other file may talk to its bus.
  vi.resetModules();
});
beforeEach(() => {
  requests.length = 0;
  refused.clear();
});

const moved = (sequence: number, id: string, before: string, after: string) => ({
  eventID: `e${sequence}`,
  eventName: 'MODIFY',
  dynamodb: {
    Keys: marshall({ pk: `LB#${id}`, sk: 'LB' }),
    SequenceNumber: String(sequence),
    ApproximateCreationDateTime: 1_700_000_000,
    OldImage: marshall({ id, project_id: 'p', provisioning_status: before }),
    NewImage: marshall({ id, project_id: 'p', provisioning_status: after }),
  },
});
const toldOf = (id: string) =>
  requests
    .flat()
    .filter(({ object_id }) => object_id === id)
    .map(({ after }) => after);

test('all that moved is put on the bus in requests of ten, the same each time', async () => {
  const records = Array.from({ length: 23 }, (_, index) => moved(index + 1, randomUUID(), 'PENDING_UPDATE', 'ACTIVE'));
  expect(await publish(records)).toEqual({ transitions: 23, unreadable: 0, stoppedAt: null });
  expect(requests.map(({ length }) => length)).toEqual([10, 10, 3]);
  const first = requests.splice(0);
  await publish(records);
  expect(requests).toEqual(first);
});

test('changes of one object go one after another, so that none overtakes one that was refused', async () => {
  const id = randomUUID();
  const other = randomUUID();
  refused.add(id);
  const records = [
    moved(1, other, 'ACTIVE', 'ERROR'),
    moved(2, id, 'ACTIVE', 'PENDING_UPDATE'),
    moved(3, id, 'PENDING_UPDATE', 'ACTIVE'),
  ];
  expect(await publish(records)).toEqual({ transitions: 1, unreadable: 0, stoppedAt: '2' });
  expect(toldOf(id)).toEqual(['PENDING_UPDATE']);
  refused.clear();
  requests.length = 0;
  expect(await publish(records.slice(1))).toMatchObject({ stoppedAt: null });
  expect(toldOf(id)).toEqual(['PENDING_UPDATE', 'ACTIVE']);
});

test('a bus that does not answer stops at the first record', async () => {
  vi.stubEnv('EVENT_BUS_ENDPOINT', 'http://127.0.0.1:9');
  vi.resetModules();
  const { publishTransitions } = await import('../../../../lib/events/publish-transitions.ts');
  expect(await publishTransitions([moved(4, randomUUID(), 'ACTIVE', 'ERROR')])).toEqual({
    transitions: 0,
    unreadable: 0,
    stoppedAt: '4',
  });
});

test('a row that cannot be read is put aside by its key, without its content, and the others are published', async () => {
  const id = randomUUID();
  const good = moved(6, id, 'ACTIVE', 'ERROR');
  const bad = moved(5, id, 'ACTIVE', 'SIDEWAYS-secret1');
  expect(await publish([bad, good])).toEqual({ transitions: 1, unreadable: 1, stoppedAt: null });
  expect(requests.flat()[0]).toMatchObject({
    sequence: '5',
    keys: { pk: { S: `LB#${id}` }, sk: { S: 'LB' } },
    problems: [expect.stringContaining('provisioning_status')],
  });
  expect(JSON.stringify(requests)).not.toContain('secret1');
  expect(toldOf(id)).toEqual(['ERROR']);
});
