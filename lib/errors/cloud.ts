import { WorkerError, type WorkerErrorOptions } from './worker-error.ts';

/** A cloud service could not be reached, timed out, or answered 429 or 5xx: the same call may succeed later. */
export class CloudUnavailableError extends WorkerError {
  override readonly name = 'CloudUnavailableError';
  override readonly retryable = true;
}

/** A cloud service refused the call for good: a 4xx without a more specific error. */
export class CloudRequestError extends WorkerError {
  override readonly name = 'CloudRequestError';
  readonly status: number;
  constructor(message: string, options: WorkerErrorOptions & { readonly status: number }) {
    super(message, options);
    this.status = options.status;
  }
}

/** A service refused a fresh token of the worker, or the worker's roles do not suffice for the call. */
export class CloudCredentialsError extends WorkerError {
  override readonly name = 'CloudCredentialsError';
}

/**
 * Keystone refused the worker's sign-in, with the credentials as they are configured now. While a password changes, the
 * same call succeeds as soon as Keystone and the secret agree.
 */
export class CloudSignInError extends WorkerError {
  override readonly name = 'CloudSignInError';
  override readonly retryable = true;
}

/** The thing with that id is not in the cloud (any service). `resource` says what it is. */
export class CloudResourceNotFoundError extends WorkerError {
  override readonly name = 'CloudResourceNotFoundError';
  constructor(resource: string, id: string, cause?: unknown) {
    super(`${resource} ${id} not found.`, { resource, resourceId: id, cause });
  }
}

/** Nova could not build the server: out of quota, no valid host, fault in the build. The message is Nova's. */
export class ComputeBuildError extends WorkerError {
  override readonly name = 'ComputeBuildError';
}

/** The server is still being built, or its agent does not answer yet: wait and ask again. */
export class AmphoraNotReadyError extends WorkerError {
  override readonly name = 'AmphoraNotReadyError';
  override readonly retryable = true;
}

/** Deleting was accepted, but the resource is still there: wait and ask again. */
export class StillExistsError extends WorkerError {
  override readonly name = 'StillExistsError';
  override readonly retryable = true;
}

/** No Glance image carries the tag. */
export class ImageNotFoundError extends WorkerError {
  override readonly name = 'ImageNotFoundError';
}

/** The VIP cannot be had: no free address, address outside the subnet, port lost or changed. Neutron's text inside. */
export class VipAllocationError extends WorkerError {
  override readonly name = 'VipAllocationError';
}

/** Neutron says the address is taken. */
export class VipInUseError extends WorkerError {
  override readonly name = 'VipInUseError';
}

/** A port could not be made or attached. */
export class PortPlugError extends WorkerError {
  override readonly name = 'PortPlugError';
}

/** A security group is still used by a port: wait and try again. */
export class SecurityGroupInUseError extends WorkerError {
  override readonly name = 'SecurityGroupInUseError';
  override readonly retryable = true;
}

/** The agent cannot be reached, timed out, or has not seen a hot-plugged interface yet. */
export class AmphoraUnreachableError extends WorkerError {
  override readonly name: 'AmphoraUnreachableError' | 'AmphoraSilentError' = 'AmphoraUnreachableError';
  override readonly retryable = true;
  /** True if the connection was refused; false if it was accepted, or it is not known. */
  readonly nobodyThere: boolean;
  constructor(message: string, options: WorkerErrorOptions & { readonly nobodyThere?: boolean } = {}) {
    super(message, options);
    this.nobodyThere = options.nobodyThere ?? false;
  }
}

/** The agent took the connection and has not answered in all the time there was: another try takes as long again. */
export class AmphoraSilentError extends AmphoraUnreachableError {
  override readonly name = 'AmphoraSilentError';
}

/** The other side of the connection is not the amphora it should be, or refuses our certificate. Never retried. */
export class AmphoraIdentityError extends WorkerError {
  override readonly name = 'AmphoraIdentityError';
}

/** The agent refused the request; `details` is its own text (for example the output of haproxy -c). */
export class AmphoraRequestError extends WorkerError {
  override readonly name = 'AmphoraRequestError';
  readonly status: number;
  readonly details: string;
  constructor(message: string, options: WorkerErrorOptions & { readonly status: number; readonly details: string }) {
    super(message, options);
    this.status = options.status;
    this.details = options.details;
  }
}

/** A tenant's certificate, key, CA or revocation list cannot be read or used. Never carries the secret. */
export class CertificateRetrievalError extends WorkerError {
  override readonly name = 'CertificateRetrievalError';
}
