import { MOST_ANSWER_BYTES } from './answer-size.ts';
import { ApiError } from './api-error.ts';

/*
 * The catalogue of refusals. The texts are part of the protocol: clients match them.
 */

export const invalidInput = (attribute: string, value: string, reason: string): ApiError =>
  new ApiError(400, `Invalid input for field/attribute ${attribute}. Value: '${value}'. ${reason}`);

export const unknownAttributes = (argument: string, attributes: readonly string[]): ApiError =>
  new ApiError(
    400,
    `Unknown attribute${attributes.length > 1 ? 's' : ''} for argument ${argument}: ${attributes.join(', ')}`,
  );

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');

export const unknownArguments = (names: readonly string[]): ApiError =>
  new ApiError(400, `Unknown argument: ${quoted(names)}`);

export const repeatedArguments = (names: readonly string[]): ApiError =>
  new ApiError(400, `Argument given more than once: ${quoted(names)}`);

export const missingArgument = (argument: string): ApiError => new ApiError(400, `Missing argument: "${argument}"`);

export const invalidJson = (): ApiError => new ApiError(400, 'Request is not in valid JSON format');

export const validationFailure = (detail: string): ApiError => new ApiError(400, `Validation failure: ${detail}`);

/** Something that the body names is not there, or not for the caller to see. */
export const missingSubresource = (resource: string, id: string): ApiError =>
  new ApiError(400, `${resource} ${id} not found.`);

export const cidrsBesideGroups = (): ApiError =>
  validationFailure('Allowed CIDRs are not allowed when using custom VIP Security Groups.');

/** A value that is none of the option's. */
export const invalidOption = (value: string, option: string): ApiError =>
  new ApiError(400, `${value} is not a valid option for ${option}`);

/** A value that this deployment has switched off. */
export const disabledOption = (option: string, value: string): ApiError =>
  new ApiError(400, `The selected ${option} is not allowed in this deployment: ${value}`);

export const childlessListener = (protocol: string): ApiError =>
  new ApiError(400, `Protocol ${protocol} listeners cannot have child objects.`);

export const protocolMismatch = (poolProtocol: string, listenerProtocol: string): ApiError =>
  validationFailure(
    `The pool protocol '${poolProtocol}' is invalid while the listener protocol is '${listenerProtocol}'.`,
  );

export const ruleSyntax = (problem: string): ApiError => new ApiError(400, `Error parsing L7Rule: ${problem}`);

export const policyArguments = (problem: string): ApiError =>
  new ApiError(400, `Invalid L7 Policy arguments: ${problem}`);

export const tooManyRules = (policyId: string): ApiError =>
  new ApiError(409, `Too many rules on L7 policy ${policyId}`);

export const vipSourceMissing = (sources: readonly string[]): ApiError =>
  validationFailure(`VIP must contain one of: ${sources.join(', ')}.`);

export const invalidFilters = (names: readonly string[]): ApiError =>
  new ApiError(400, `One or more arguments are either duplicate or invalid: ${names.join(', ')}`);

export const invalidFilterValue = (value: string, filter: string, allowed: readonly string[]): ApiError =>
  new ApiError(400, `${value} is not a valid option for ${filter}: use one of ${allowed.join(', ')}`);

export const invalidSortKey = (key: string): ApiError => new ApiError(400, `Supplied sort key '${key}' is not valid.`);

/** A sort key with more than a direction behind it, which upstream refuses before it looks at the list. */
export const malformedSortKey = (parts: readonly string[]): ApiError =>
  unrouted(400, 'Bad Request', `Supplied sort key '[${parts.map((part) => `'${part}'`).join(', ')}]' is not valid.`);

export const invalidSortDirection = (direction: string): ApiError =>
  unrouted(400, 'Bad Request', `Supplied sort direction '${direction}' is not valid.`);

export const invalidMarker = (marker: string): ApiError =>
  new ApiError(400, `Supplied pagination marker '${marker}' is not valid.`);

export const invalidLimit = (limit: string): ApiError =>
  unrouted(400, 'Bad Request', `Supplied pagination limit '${limit}' is not valid.`);

/** An object in the middle of a path that is not there. */
export const missingParent = (resource: string, id: string): ApiError =>
  unrouted(404, 'Bad Request', `${resource} ${id} not found.`);

export const policyForbidden = (): ApiError => new ApiError(403, 'Policy does not allow this request to be performed.');

export const providerNotEnabled = (provider: string): ApiError =>
  new ApiError(400, `Provider '${provider}' is not enabled.`);

export const flavorMismatch = (flavorId: string, provider: string): ApiError =>
  new ApiError(400, `Flavor '${flavorId}' is not compatible with provider '${provider}'`);

export const unsupportedOption = (provider: string, text: string): ApiError =>
  new ApiError(501, `Provider '${provider}' does not support a requested option: ${text}`);

/** A refusal from before any handler, in the shape of upstream's web framework. */
const unrouted = (status: number, title: string, description: string, headers = {}): ApiError =>
  new ApiError(status, description, { headers, body: { code: status, title, description } });

export const unknownPath = (): ApiError => unrouted(404, 'Not Found', 'The resource could not be found.');

export const methodNotAllowed = (allowed: readonly string[]): ApiError =>
  unrouted(405, 'Method Not Allowed', 'The method is not allowed for this resource.', { allow: allowed.join(', ') });

export const unknownMediaType = (mediaType: string): ApiError => new ApiError(415, `Unknown mimetype: ${mediaType}`);

export const unauthorized = (): ApiError =>
  new ApiError(401, 'The request you have made requires authentication.', {
    headers: { 'www-authenticate': 'Keystone' },
    body: {
      error: { code: 401, title: 'Unauthorized', message: 'The request you have made requires authentication.' },
    },
  });

export const notAcceptable = (): ApiError =>
  unrouted(406, 'Not Acceptable', 'Only content type application/json is accepted.');

/** @param what what would be answered @param instead what to ask for */
export const answerTooLarge = (what: string, bytes: number, instead: string): ApiError =>
  new ApiError(400, `${what} would have ${bytes} bytes, and an answer may have ${MOST_ANSWER_BYTES}: ${instead}.`);

export const queryTooLong = (bytes: number): ApiError =>
  new ApiError(414, `The query may have ${bytes} bytes at most.`);

export const tooLarge = (): ApiError =>
  new ApiError(413, 'Request is too large.', {
    body: {
      code: '413 Request Entity Too Large',
      title: 'Request Entity Too Large',
      message: 'Request is too large.',
    },
  });

/** The worker begins nothing now. */
export const frozen = (reason: string): ApiError =>
  new ApiError(503, `The service takes no changes now: ${reason}. Please try again later.`, {
    headers: { 'retry-after': '60' },
  });
