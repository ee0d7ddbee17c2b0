import * as z from 'zod';
import type { ApiError } from '../answers/api-error.ts';
import { invalidInput, missingArgument, unknownAttributes } from '../answers/refusals.ts';

type Issue = z.core.$ZodIssue;

/** A value as a message shows it; a long one is cut. */
const shown = (value: unknown): string => {
  if (value === null || value === undefined) return 'None';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 255 ? `${text.slice(0, 255)}...` : text;
};

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown => {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = Object.getOwnPropertyDescriptor(found, key)?.value;
  }
  return found;
};

const isText = (key: PropertyKey): key is string => typeof key === 'string';

const refusalOf = (argument: string, wrapped: unknown, issues: readonly Issue[]): ApiError => {
  const unknown = issues.find((issue) => issue.code === 'unrecognized_keys');
  if (unknown !== undefined) {
    return unknownAttributes([argument, ...unknown.path.filter(isText)].join('.'), unknown.keys);
  }
  const [issue] = issues;
  const path = issue?.path ?? [];
  // A bad element is reported with the field's name and the field's whole value.
  const named = path.slice(0, path.findLastIndex(isText) + 1);
  const attribute = named.findLast(isText) ?? argument;
  const value = valueAt(wrapped, named);
  const reason = value === undefined ? 'Mandatory field missing.' : (issue?.message ?? 'is malformed');
  return invalidInput(attribute, shown(value), reason);
};

/** How a body is wrapped, and what is inside. */
export interface Wrapping<Fields> {
  /** The name that upstream's messages call the whole body by. */
  readonly argument: string;
  readonly wrapper: string;
  readonly fields: z.ZodType<Fields>;
}

/**
 * Checks a body of the form `{<wrapper>: {...}}` and answers what is inside.
 * @throws ApiError 400
 */
export const parseResource = <Fields>(body: unknown, { argument, wrapper, fields }: Wrapping<Fields>): Fields => {
  if (body === undefined) throw missingArgument(argument);
  const parsed = z.strictObject({ [wrapper]: fields }, { error: 'Value should be an object' }).safeParse(body);
  const inside = parsed.success ? parsed.data[wrapper] : undefined;
  if (inside !== undefined) return inside;
  throw refusalOf(argument, body, parsed.error?.issues ?? []);
};

/** True for `{}`, and for `{<wrapper>: null}`: nothing inside that could be wrong. */
const lacksInside = (body: unknown, wrapper: string): boolean =>
  typeof body === 'object' &&
  body !== null &&
  !Array.isArray(body) &&
  Object.entries(body).every(([name, value]) => name === wrapper && value === null);

/**
 * The body of a write and what it is about, in upstream's order: what is wrong inside the body is told first, then that
 * the object is missing or forbidden, and at last that nothing is inside.
 * @param find the object of the path, or what the caller must be allowed
 * @throws ApiError 400, and whatever `find` throws
 */
export const parseWrite = async <Fields, Found>(
  body: unknown,
  wrapping: Wrapping<Fields>,
  find: () => Promise<Found>,
): Promise<{ readonly fields: Fields; readonly found: Found }> => {
  if (lacksInside(body, wrapping.wrapper)) await find();
  const fields = parseResource(body, wrapping);
  return { fields, found: await find() };
};
