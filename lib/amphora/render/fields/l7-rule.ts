import type { L7CompareType, L7RuleType } from '../../../models/objects/l7.ts';
import { tokenRule } from './http.ts';
import { patternRule } from './pattern.ts';
import { every, type FieldRule, matching, sized, wellFormed, withoutControls } from './rule.ts';

const comparedText = every(sized(255), wellFormed, withoutControls);

/** key of an L7 rule of that type, or null when the type has none. */
export const l7KeyRule = (type: L7RuleType): FieldRule | null => {
  if (type === 'HEADER' || type === 'COOKIE') return tokenRule;
  if (type === 'SSL_DN_FIELD') return every(sized(255), matching(/^[A-Za-z][A-Za-z0-9-]*$/, 'is not a field of a DN'));
  return null;
};

/**
 * value of an L7 rule of that type and comparison. Text may hold anything but control characters, the tab excepted; a
 * pattern must compile where haproxy compiles it.
 */
export const l7ValueRule = (type: L7RuleType, compareType: L7CompareType): FieldRule => {
  if (type === 'SSL_CONN_HAS_CERT') return matching(/^true$/i, 'is not "True"');
  if (type === 'SSL_VERIFY_RESULT') return matching(/^\d{1,9}$/, 'is not a verification result');
  return compareType === 'REGEX' ? every(comparedText, patternRule) : comparedText;
};
