import type * as z from 'zod';
import { CloudRequestError } from '../errors/cloud.ts';
import { InvalidArgumentError } from '../errors/flow.ts';
import { ServiceFault } from './http/service-fault.ts';
import type { HttpAnswer } from './http/transport.ts';

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
  /** Somebody else's token, to call in their name instead of the worker's. Secret. */
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
 * @throws CloudRequestError the body is not what the service promises (a proxy's page, another version)
 */
export const readJson = <S extends z.ZodType>(request: ServiceRequest, answer: HttpAnswer, schema: S): z.infer<S> => {
  const unexpected = (text: string) => {
    const { service, method, path } = request;
    const fault = new ServiceFault({ service, method, path, status: answer.status, type: null, text });
    return new CloudRequestError(fault.message, {
      resource: 'service',
      resourceId: service,
      status: answer.status,
      cause: fault,
    });
  };
  let body: unknown;
  try {
    body = JSON.parse(new TextDecoder().decode(answer.bytes));
  } catch {
    throw unexpected('the answer is not JSON');
  }
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw unexpected(`unexpected answer at ${issue?.path.join('.') || 'its root'}: ${issue?.message}`);
};
