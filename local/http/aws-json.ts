import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../log.ts';
import { AwsError } from './aws-error.ts';
import { BodyTooLargeError, readBody } from './body.ts';
import { type Listening, listen } from './listen.ts';

const BODY_LIMIT = 16 * 1024 * 1024;

export interface AwsJsonOptions {
  readonly host: string;
  readonly port: number;
  /** What stands before the dot in X-Amz-Target. */
  readonly targetPrefix: string;
  /** Answers one operation; fails with AwsError for what the service would refuse. */
  readonly handle: (operation: string, input: unknown, bytes: number) => Promise<unknown>;
  readonly log: Logger;
}

const parse = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString('utf8') || '{}');
  } catch {
    throw new AwsError('SerializationException', 'The body is not JSON.');
  }
};

const operationOf = (request: IncomingMessage, prefix: string): string => {
  const target = String(request.headers['x-amz-target'] ?? '');
  const dot = target.lastIndexOf('.');
  if (request.method !== 'POST' || target.slice(0, dot) !== prefix) {
    throw new AwsError('UnknownOperationException', `${request.method} "${target}" is not an operation of ${prefix}.`);
  }
  return target.slice(dot + 1);
};

const toAwsError = (error: unknown, log: Logger): AwsError => {
  if (error instanceof AwsError) return error;
  if (error instanceof BodyTooLargeError) return new AwsError('RequestTooLarge', error.message, {}, 413);
  log.error('request failed', error);
  return new AwsError('InternalServerError', error instanceof Error ? error.message : String(error), {}, 500);
};

/** An HTTP server for one AWS service that speaks the JSON protocol (version 1.0 or 1.1). */
export const listenAwsJson = (options: AwsJsonOptions): Promise<Listening> => {
  const answer = async (request: IncomingMessage): Promise<{ status: number; body: unknown }> => {
    try {
      const operation = operationOf(request, options.targetPrefix);
      const body = await readBody(request, BODY_LIMIT);
      return { status: 200, body: await options.handle(operation, parse(body), body.length) };
    } catch (error) {
      const failure = toAwsError(error, options.log);
      return { status: failure.status, body: { __type: failure.type, message: failure.message, ...failure.fields } };
    }
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { status, body } = await answer(request);
    if (response.destroyed) return;
    const bytes = Buffer.from(JSON.stringify(body ?? {}));
    response.writeHead(status, {
      'content-type': request.headers['content-type'] ?? 'application/x-amz-json-1.0',
      'content-length': bytes.length,
      'x-amzn-requestid': randomUUID(),
    });
    response.end(bytes);
  };
  return listen({
    host: options.host,
    port: options.port,
    handle: (request, response) => {
      handle(request, response).catch((error: unknown) => {
        options.log.error('answer failed', error);
        response.destroy();
      });
    },
  });
};
