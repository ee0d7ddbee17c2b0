import { l7KeyRule, l7ValueRule } from '../../../lib/amphora/render/fields/l7-rule.ts';
import type { L7CompareType, L7Rule, L7RuleType } from '../../../lib/models/l7.ts';
import { ruleSyntax } from '../refusals.ts';

/** Most rules a policy may have. */
export const MOST_RULES = 50;

const ALL: readonly L7CompareType[] = ['REGEX', 'STARTS_WITH', 'ENDS_WITH', 'CONTAINS', 'EQUAL_TO'];

const COMPARISONS: Readonly<Record<L7RuleType, readonly L7CompareType[]>> = Object.freeze({
  HOST_NAME: ALL,
  PATH: ALL,
  FILE_TYPE: ['EQUAL_TO', 'REGEX'],
  HEADER: ALL,
  COOKIE: ALL,
  SSL_CONN_HAS_CERT: ['EQUAL_TO'],
  SSL_VERIFY_RESULT: ['EQUAL_TO'],
  SSL_DN_FIELD: ALL,
});

/** Whether an L7 rule, new or as it will be after a change, makes sense. @throws ApiError 400 */
export const checkL7Rule = ({ type, compare_type, key, value }: L7Rule): void => {
  if (!COMPARISONS[type].includes(compare_type)) {
    throw ruleSyntax(`rules of type ${type} compare by ${COMPARISONS[type].join(' or ')}`);
  }
  const keyRule = l7KeyRule(type);
  if (keyRule !== null) {
    if (key === null) throw ruleSyntax(`rules of type ${type} need a key`);
    const problem = keyRule(key);
    if (problem !== null) throw ruleSyntax(`key ${problem}`);
  }
  const problem = l7ValueRule(type, compare_type)(value);
  if (problem !== null) throw ruleSyntax(`value ${problem}`);
};
