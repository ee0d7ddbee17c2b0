/** What is wrong with a value, to stand after the field's name ("has a control character"), or null when it is good. */
export type FieldRule = (value: string) => string | null;

/** The first rule's problem, or null when all of them are content. */
export const every =
  (...rules: readonly FieldRule[]): FieldRule =>
  (value) => {
    for (const rule of rules) {
      const problem = rule(value);
      if (problem !== null) return problem;
    }
    return null;
  };

export const matching =
  (pattern: RegExp, problem: string): FieldRule =>
  (value) =>
    pattern.test(value) ? null : problem;

/** Between 1 and `most` characters. */
export const sized =
  (most: number): FieldRule =>
  (value) => {
    if (value === '') return 'is empty';
    return value.length > most && [...value].length > most ? `is longer than ${most} characters` : null;
  };

/** No half of a surrogate pair: it has no bytes in UTF-8. */
export const wellFormed: FieldRule = (value) => (value.isWellFormed() ? null : 'is not well-formed text');

/** No control character of either set but the tab. */
export const withoutControls = matching(/^(\P{Cc}|\t)*$/u, 'has a control character');

/** No control character, no tab, no space. */
export const withoutBlanks = matching(/^[^\p{Cc} ]*$/u, 'has a space or a control character');
