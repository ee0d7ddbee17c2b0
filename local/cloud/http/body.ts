import type { IncomingMessage } from 'node:http';
import type * as z from 'zod';

/** All bytes of a request. */
export const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
};

/** The body as JSON, or undefined when it is none. */
export const json = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
};

/** The body in the shape of a schema; `refuse` makes the error out of the first complaint. */
export const parsed = <S extends z.ZodType>(
  schema: S,
  value: unknown,
  refuse: (path: string, message: string, keys: readonly string[]) => Error,
): z.output<S> => {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const keys = issue?.code === 'unrecognized_keys' ? issue.keys : [];
  throw refuse(issue?.path.join('.') ?? '', issue?.message ?? 'invalid', keys);
};
