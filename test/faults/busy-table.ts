import type { IncomingMessage, ServerResponse } from 'node:http';
import { request as send } from 'node:http';
import { startDynamodb } from '../../local/dynamodb/dynamodb.ts';
import { listen } from '../../local/http/listen.ts';

/** An embedded DynamoDB that refuses a share of what it is asked, as one does that is asked too much. */
export interface BusyTable {
  readonly endpoint: string;
  /** From now on this share of the requests is refused, from 0 to 1. */
  refuse(share: number): void;
  /** How many were refused since it was asked last. */
  refused(): number;
  stop(): Promise<void>;
}

/** Numbers from 0 up to 1, the same ones for the same seed (mulberry32). */
const seeded = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};

const PLAIN = ['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded'] as const;
const REASONS = ['ThrottlingError', 'TransactionConflict', 'ProvisionedThroughputExceeded'] as const;

const bodyOf = async (message: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
};

export const openBusyTable = async (seed: number): Promise<BusyTable> => {
  const table = await startDynamodb({ folder: null });
  const random = seeded(seed);
  let share = 0;
  let count = 0;

  const refusal = (operation: string): object => {
    const one = <T>(names: readonly T[]): T | undefined => names[Math.floor(random() * names.length)];
    if (!operation.endsWith('.TransactWriteItems') || random() < 0.3) {
      return { __type: `com.amazonaws.dynamodb.v20120810#${one(PLAIN)}`, message: 'Rate exceeded' };
    }
    const Code = one(REASONS);
    return {
      __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
      message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${Code}, None]`,
      CancellationReasons: [{ Code, Message: 'Rate exceeded' }, { Code: 'None' }],
    };
  };
  const answer = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(message);
    const operation = String(message.headers['x-amz-target']);
    if (random() < share) {
      count += 1;
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify(refusal(operation)));
      return;
    }
    const forwarded = send(`${table.endpoint}/`, { method: 'POST', headers: message.headers }, (from) => {
      response.writeHead(from.statusCode ?? 500, from.headers);
      from.pipe(response);
    });
    forwarded.on('error', () => response.destroy());
    forwarded.end(body);
  };
  const server = await listen({
    host: '127.0.0.1',
    port: 0,
    handle: (message, response) => {
      answer(message, response).catch(() => response.destroy());
    },
  });
  return {
    endpoint: server.endpoint,
    refuse: (wanted) => {
      share = wanted;
    },
    refused: () => {
      const since = count;
      count = 0;
      return since;
    },
    stop: async () => {
      await server.stop();
      await table.stop();
    },
  };
};
