/**
 * What an answer's body may have, in bytes of the function's own answer, where the body is text in JSON: a function's
 * answer may have 6 MB, and headers and links need some.
 */
export const MOST_ANSWER_BYTES = 5_500_000;

/** No character that JSON writes in another way. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;
const QUOTES = 4;

/** Of text in JSON in JSON: each quote is two characters there. */
const textBytes = (text: string): number =>
  PLAIN.test(text) ? text.length + QUOTES : Buffer.byteLength(JSON.stringify(JSON.stringify(text))) - 2;

const measured = new WeakMap<object, number>();

const partsOf = (value: object): readonly number[] =>
  Array.isArray(value)
    ? value.map((item: unknown) => answerBytes(item ?? null))
    : Object.entries(value).flatMap(([name, item]: [string, unknown]) =>
        item === undefined ? [] : [textBytes(name) + 1 + answerBytes(item)],
      );

/**
 * How many bytes a value takes in the function's answer. What stands at several places is measured once, so that a tree is
 * measured without being written.
 */
export const answerBytes = (value: unknown): number => {
  if (typeof value === 'string') return textBytes(value);
  if (typeof value !== 'object' || value === null) return String(value).length;
  const known = measured.get(value);
  if (known !== undefined) return known;
  const parts = partsOf(value);
  const bytes = parts.reduce((sum, part) => sum + part, 0) + Math.max(0, parts.length - 1) + 2;
  measured.set(value, bytes);
  return bytes;
};
