import { ConflictError } from '../../../lib/errors/conflict.ts';
import { WorkerError } from '../../../lib/errors/worker-error.ts';
import { outageOf } from '../../../lib/repositories/table/outage.ts';
import { ApiError } from '../answers/api-error.ts';
import type { ApiAnswer } from './request.ts';

/** A caller's view of an error: the code, and the text when it is not the error's own message. */
interface Fault {
  readonly status: number;
  readonly text?: (error: Error) => string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The operator's to mend: its details go to the log. */
  readonly logged?: true;
}

const capitalized = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

const NOT_FOUND: Fault = { status: 404 };
const CONFLICT: Fault = { status: 409 };
const SUBRESOURCE: Fault = { status: 400, text: ({ message }) => capitalized(message) };
const INTERNAL = 'The server could not complete the request.';
const TRY_AGAIN: Fault = {
  status: 503,
  text: () => 'A cloud service does not answer. Please try again.',
  headers: { 'retry-after': '5' },
};

/** Every named failure that can reach a caller. Names that are not here are bugs, and answered with 500. */
const FAULTS: Readonly<Record<string, Fault>> = {
  LBNotFound: NOT_FOUND,
  ListenerNotFound: NOT_FOUND,
  PoolNotFound: NOT_FOUND,
  MemberNotFound: NOT_FOUND,
  HMNotFound: NOT_FOUND,
  L7PolicyNotFoundError: NOT_FOUND,
  L7RuleNotFoundError: NOT_FOUND,
  AmphoraNotFound: NOT_FOUND,
  OperationNotFoundError: NOT_FOUND,
  FlavorOrZoneNotFoundError: NOT_FOUND,
  RolloutNotFoundError: NOT_FOUND,
  DriftCheckNotFoundError: NOT_FOUND,
  ImageNotFoundError: SUBRESOURCE,
  NoSuitableLB: NOT_FOUND,
  NoSuitablePool: NOT_FOUND,
  ImmutableObjectError: CONFLICT,
  DuplicateIdError: { status: 409, text: () => 'Already an entity with that specified id.' },
  InvalidArgumentError: { status: 400, text: ({ message }) => `Validation failure: ${message}` },
  VipPortTakenError: { status: 400, text: ({ message }) => `Validation failure: ${message}` },
  ObjectTooLargeError: { status: 400, text: ({ message }) => `Validation failure: ${message}` },
  CertificateRetrievalError: { status: 400 },
  CloudResourceNotFoundError: SUBRESOURCE,
  VipInUseError: { status: 409, text: ({ message }) => `The VIP IP address is already in use: ${message}` },
  VipAllocationError: { status: 400, text: ({ message }) => `Validation failure: ${message}` },
  CloudUnavailableError: TRY_AGAIN,
  CloudCredentialsError: { ...TRY_AGAIN, logged: true },
  CloudSignInError: { ...TRY_AGAIN, logged: true },
  QuotaExceededError: { status: 403 },
  ProjectBusyError: { status: 503, headers: { 'retry-after': '1' } },
};

/** The function's own time, and that of a connection to the table. */
const OUT_OF_TIME: Fault = {
  ...TRY_AGAIN,
  text: () => 'The request took too long; it may have been accepted. Please look, and try again.',
  logged: true,
};
const BUSY: Fault = { ...TRY_AGAIN, text: () => 'The service is busy. Please try again.' };

const faultOf = (error: unknown): Fault | undefined => {
  if (error instanceof ConflictError) return CONFLICT;
  if (error instanceof WorkerError) return FAULTS[error.name];
  if (!(error instanceof Error)) return undefined;
  if (error.name === 'TimeoutError') return OUT_OF_TIME;
  const outage = outageOf(error);
  return outage === null ? undefined : { ...BUSY, ...(outage === 'away' && { logged: true }) };
};

const fault = (status: number, text: string) => ({
  faultcode: status < 500 ? 'Client' : 'Server',
  faultstring: text,
  debuginfo: null,
});

/**
 * The answer to an error. `expected` is false for an error that has no place in the table, or is the operator's to mend: its
 * details go to the log and not to the caller.
 */
export const answerOfError = (error: unknown): { readonly answer: ApiAnswer; readonly expected: boolean } => {
  if (error instanceof ApiError) {
    const { status, message, headers, body } = error;
    return { answer: { status, headers, body: body ?? fault(status, message) }, expected: true };
  }
  const known = faultOf(error);
  if (known === undefined || !(error instanceof Error)) {
    return { answer: { status: 500, body: fault(500, INTERNAL) }, expected: false };
  }
  const { status, text, headers = {}, logged = false } = known;
  return { answer: { status, headers, body: fault(status, text?.(error) ?? error.message) }, expected: !logged };
};
