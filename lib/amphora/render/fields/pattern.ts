import { PatternSyntaxError } from './pattern-cursor.ts';
import { readPattern } from './pattern-reader.ts';
import type { FieldRule } from './rule.ts';

/**
 * A regular expression of an L7 rule. Accepted is what both Octavia's API (Python's syntax) and haproxy (PCRE2 on
 * bytes, where plain parentheses capture nothing) compile: one that only the API accepts would make haproxy refuse the
 * whole configuration.
 */
export const patternRule: FieldRule = (value) => {
  try {
    readPattern(Buffer.from(value, 'utf8').toString('latin1'));
    return null;
  } catch (error) {
    if (error instanceof PatternSyntaxError) return `is not a regular expression: ${error.message}`;
    throw error;
  }
};
