import {
  CertificateRetrievalError,
  CloudCredentialsError,
  CloudRequestError,
  CloudResourceNotFoundError,
} from '../errors/cloud.ts';
import { InvalidArgumentError } from '../errors/flow.ts';
import { faultOf } from '../openstack/http/service-fault.ts';

/** What is wrong with the secret behind a reference; never a word of its content. */
export const refusal = (reference: string, reason: string, cause?: unknown): CertificateRetrievalError =>
  new CertificateRetrievalError(`Could not retrieve certificate: ${reference} ${reason}.`, {
    resource: 'secret',
    resourceId: reference,
    cause,
  });

/** Several as one; each is named once. */
export const joinRefusals = (errors: readonly CertificateRetrievalError[]): CertificateRetrievalError => {
  const messages = new Set(errors.map(({ message }) => message));
  const [first] = errors;
  if (first !== undefined && messages.size === 1) return first;
  return new CertificateRetrievalError([...messages].join(' '), {
    resource: 'secret',
    resourceId: [...new Set(errors.map(({ resourceId }) => resourceId))].join(' '),
    cause: new AggregateError(errors),
  });
};

/**
 * The key manager's trouble with one reference as a refusal. What concerns all references (it is down, or does not let
 * the worker in) stays what it is, so that it is tried again.
 */
export const refusalOf = (reference: string, error: unknown): unknown => {
  if (error instanceof InvalidArgumentError) return refusal(reference, 'is not a reference of the key manager', error);
  if (error instanceof CloudResourceNotFoundError) return refusal(reference, 'is not in the key manager', error);
  if (error instanceof CloudCredentialsError && faultOf(error)?.status === 403) {
    return refusal(reference, 'may not be read', error);
  }
  if (error instanceof CloudRequestError) return refusal(reference, 'is not answered by the key manager', error);
  return error;
};
