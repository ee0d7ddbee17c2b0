import { UnrenderableValueError } from '../../errors/unrenderable-value.ts';
import { haproxyArgument } from './escape.ts';
import type { FieldRule } from './fields/rule.ts';
import { type SafeText, safeText } from './text.ts';

/**
 * The one way from a stored value to configuration text. Each gate checks the value against its field's rule, throws
 * UnrenderableValueError when it is bad, and encodes it for the place it goes to.
 */

/** Whose value it is, in the field's words: "listener", "member". */
export interface Subject {
  readonly kind: string;
  readonly id: string;
}

export const refuse = (subject: Subject, field: string, reason: string): never => {
  throw new UnrenderableValueError(subject.kind, subject.id, field, reason);
};

/** The value, once its rule has nothing against it. A value that is not text at all is refused as well. */
const checked = (subject: Subject, field: string, value: unknown, rule: FieldRule): string => {
  if (typeof value !== 'string') return refuse(subject, field, 'is not text');
  const problem = rule(value);
  if (problem !== null) return refuse(subject, field, problem);
  return value;
};

/** Any text as one argument of a haproxy directive, byte for byte. */
export const argument = (subject: Subject, field: string, value: unknown, rule: FieldRule): SafeText =>
  haproxyArgument(checked(subject, field, value, rule));

/** A word whose rule allows no character with a meaning of its own: an id, an address, a path of the operator's. */
export const word = (subject: Subject, field: string, value: unknown, rule: FieldRule): SafeText => {
  const accepted = checked(subject, field, value, rule);
  if (!/^[!-~]+$/.test(accepted) || /["'#\\]/.test(accepted)) return refuse(subject, field, 'is not one plain word');
  return safeText(accepted);
};

/** A whole number between two bounds, both included. */
export const whole = (subject: Subject, field: string, value: unknown, lowest: number, highest: number): number => {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < lowest || value > highest) {
    return refuse(subject, field, `is not a whole number from ${lowest} to ${highest}`);
  }
  return value;
};

/** What a table of the source says for a value; a value that is not in the table is refused. */
export const lookup = <T>(
  subject: Subject,
  field: string,
  value: string | number | null,
  table: Readonly<Record<string, T>>,
): T => {
  const key = String(value);
  const found = Object.hasOwn(table, key) ? table[key] : undefined;
  return found === undefined ? refuse(subject, field, 'is not one of the known values') : found;
};
