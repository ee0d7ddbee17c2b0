import type * as z from 'zod';
import { CloudRequestError, CloudUnavailableError } from '../../errors/cloud.ts';
import { InvalidArgumentError } from '../../errors/flow.ts';
import { ServiceFault } from './service-fault.ts';
import type { HttpAnswer } from './transport.ts';

export type ServiceType = 'identity' | 'compute' | 'network' | 'image' | 'key-manager';

/** One call of one service. */
export interface ServiceRequest {
  readonly service: ServiceType;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the service's version, made with `pathTo`. */
  readonly path: string;
  readonly query?: readonly (readonly [string, string])[];
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Another user's token, to call in their name instead of the worker's. Secret. */
  readonly token?: string;
  /** The statuses that are a success. */
  readonly accepts: readonly number[];
  /** What a 404 is about; without it a 404 is a CloudRequestError. */
  readonly resource?: { readonly kind: string; readonly id: string };
}

/** Fills ids into a path: encoded, and never empty or dots, which would address something else. */
export const pathTo = (parts: TemplateStringsArray, ...ids: readonly string[]): string =>
  String.raw(
    { raw: parts },
    ...ids.map((id) => {
      if (id === '' || id === '.' || id === '..') throw new InvalidArgumentError('id', `"${id}" names nothing`);
      return encodeURIComponent(id);
    }),
  );

/**
 * The answer's JSON, checked and narrowed.
 *
 * @throws CloudUnavailableError no JSON: a proxy in front of the service has answered, or the connection was cut
 * @throws CloudRequestError other JSON than the service promises (another version)
 */
export const readJson = <S extends z.ZodType>(request: ServiceRequest, answer: HttpAnswer, schema: S): z.infer<S> => {
  const { service, method, path } = request;
  const { status } = answer;
  const unexpected = (text: string) => {
    const fault = new ServiceFault({ service, method, path, status, type: null, text });
    return { message: fault.message, options: { resource: 'service', resourceId: service, cause: fault } };
  };
  let body: unknown;
  try {
    body = JSON.parse(new TextDecoder().decode(answer.bytes));
  } catch {
    const { message, options } = unexpected('the answer is not JSON');
    throw new CloudUnavailableError(message, options);
  }
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const { message, options } = unexpected(
    `unexpected answer at ${issue?.path.join('.') || 'its root'}: ${issue?.message}`,
  );
  throw new CloudRequestError(message, { ...options, status });
};
