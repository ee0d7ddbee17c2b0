declare const safe: unique symbol;

/**
 * Text that may stand in a configuration: printable ASCII, on one line. There are two ways to get some: a literal of
 * this source, and a gate of guard.ts. A plain string does not fit where this type is asked for, so that the compiler
 * finds every value that has not passed a gate.
 */
export type SafeText = string & { readonly [safe]: true };

// ASCII only: the agent decodes an upload in small chunks, and a character cut in two fails the upload.
const PRINTABLE = /^[\x20-\x7e]*$/;

const isSafe = (value: string): value is SafeText => PRINTABLE.test(value);

/**
 * Marks text as safe that a gate has checked and encoded.
 * @throws RangeError it holds something else than printable ASCII
 */
export const safeText = (value: string): SafeText => {
  if (!isSafe(value)) throw new RangeError('A configuration holds printable ASCII only.');
  return value;
};

/**
 * Template tag for configuration text: takes gated text and whole numbers, and nothing else.
 * @throws RangeError a number is not whole, or the literal is not printable ASCII
 */
export const text = (literals: TemplateStringsArray, ...values: readonly (SafeText | number)[]): SafeText => {
  let result = literals[0] ?? '';
  for (const [index, value] of values.entries()) {
    if (typeof value === 'number' && !Number.isSafeInteger(value)) {
      throw new RangeError('A configuration holds whole numbers only.');
    }
    result += value;
    result += literals[index + 1] ?? '';
  }
  return safeText(result);
};

export const EMPTY = text``;

/** Several pieces as one, in order. */
export const concat = (...parts: readonly SafeText[]): SafeText => safeText(parts.join(''));

/** Several words as one text, with a separator of the source's own. */
export const joinText = (parts: readonly SafeText[], separator: ' ' | ',' | '|'): SafeText =>
  safeText(parts.join(separator));

/** Lines to a file's text, each ended by a newline. */
export const toFile = (lines: readonly SafeText[]): string => `${lines.join('\n')}\n`;
