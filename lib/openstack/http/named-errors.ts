import {
  CloudCredentialsError,
  CloudRequestError,
  CloudResourceNotFoundError,
  CloudUnavailableError,
} from '../../errors/cloud.ts';
import { ConfigurationError } from '../../errors/configuration.ts';
import type { WorkerError } from '../../errors/worker-error.ts';
import { isCertificateTrouble, isTimeout, troubleCode } from './connection-trouble.ts';
import { faultText, scrubbed } from './fault-text.ts';
import { ServiceFault } from './service-fault.ts';
import type { HttpAnswer } from './transport.ts';

/** What was asked, as far as an error may show. */
export interface Asked {
  readonly service: string;
  readonly method: string;
  readonly path: string;
  /** What a 404 is about; left out when the call names no single thing. */
  readonly resource?: { readonly kind: string; readonly id: string };
  /** Never to appear in an error's words. */
  readonly secrets?: readonly string[];
}

/** Nova answers 403 both for "you may not" and for "no more": only the second is about the request. */
const NOVA_LIMIT = /quota|exceed|maximum number|limit/i;

const optionsOf = ({ service, resource }: Asked, fault: ServiceFault) => ({
  resource: resource?.kind ?? 'service',
  resourceId: resource?.id ?? service,
  cause: fault,
});

/** The one place where an unaccepted answer becomes a named error. */
export const errorOfAnswer = (asked: Asked, answer: HttpAnswer): WorkerError => {
  const { service, method, path, resource, secrets } = asked;
  const { status } = answer;
  const { type, text } = faultText(answer.bytes);
  const fault = new ServiceFault({ service, method, path, status, type, text: scrubbed(text, secrets) });
  const options = optionsOf(asked, fault);
  // A success that is none of the call's comes from a proxy in front of the service.
  if (status === 429 || status >= 500 || status < 300) return new CloudUnavailableError(fault.message, options);
  if (status === 401) return new CloudCredentialsError(fault.message, options);
  if (status === 403 && !(service === 'compute' && NOVA_LIMIT.test(text))) {
    return new CloudCredentialsError(fault.message, options);
  }
  if (status === 404 && resource) return new CloudResourceNotFoundError(resource.kind, resource.id, fault);
  return new CloudRequestError(fault.message, { ...options, status });
};

/** The one place where a connection's failure becomes a named error. */
export const errorOfConnection = (asked: Asked, origin: string, error: unknown): WorkerError => {
  const { service, method, path } = asked;
  const code = troubleCode(error);
  if (isCertificateTrouble(error)) {
    return new ConfigurationError('cacert', `does not verify the certificate of ${service} at ${origin} (${code})`);
  }
  const text = isTimeout(error) ? `no answer from ${origin} in time` : `connection to ${origin} failed (${code})`;
  const fault = new ServiceFault({ service, method, path, status: null, type: code, text, cause: error });
  return new CloudUnavailableError(fault.message, optionsOf(asked, fault));
};
