/**
 * What a terminal would obey instead of show: control characters, and characters that turn the direction of text or are
 * a line end to some terminals.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

const LONGEST = 4_000;

const shown = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** The text on one line, with unsafe characters as escapes, and cut after 4,000 characters. */
export const safeText = (text: string): string => {
  const safe = text.replace(UNSAFE, shown);
  return safe.length > LONGEST ? `${safe.slice(0, LONGEST)}...` : safe;
};

/** A text of several lines, each of them safe. */
export const safeLines = (text: string): readonly string[] => text.split(/\r?\n/).map(safeText);

/** JSON in which unsafe characters are escapes: the value it stands for is the same. */
export const safeJson = (value: unknown, indent?: number): string =>
  JSON.stringify(value, null, indent).replace(UNSAFE, (character) =>
    indent !== undefined && character === '\n' ? character : shown(character),
  );
