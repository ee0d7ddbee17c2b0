import type { IncomingMessage } from 'node:http';

/** The body was larger than allowed. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}

/** Reads a request's body; fails with BodyTooLargeError above `limit` bytes. */
export const readBody = async (request: IncomingMessage, limit: number): Promise<Buffer> => {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limit) throw new BodyTooLargeError(`The body of ${announced} bytes is over the limit of ${limit}.`);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > limit) throw new BodyTooLargeError(`The body is over the limit of ${limit} bytes.`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
};
