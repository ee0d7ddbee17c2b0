import { l7KeyRule, l7ValueRule } from '../../../lib/amphora/render/fields/l7-rule.ts';
import type { L7CompareType, L7Rule, L7RuleType } from '../../../lib/models/objects/l7.ts';
import { ruleSyntax } from '../answers/refusals.ts';

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

/** A header's value: one word, or text in quotes. */
const HEADER_TEXT = /^(?:[!-~]+|"[\t -~]*")$/;
const COOKIE_TEXT = /^[!#-:<-[\]-~]+$/;

/** Text that a request can hold where the rule looks; a pattern may be any. The renderer would carry more. */
const COMPARED: Readonly<Partial<Record<L7RuleType, readonly [allowed: RegExp, what: string]>>> = {
  HOST_NAME: [HEADER_TEXT, 'comparison value'],
  PATH: [HEADER_TEXT, 'comparison value'],
  FILE_TYPE: [HEADER_TEXT, 'comparison value'],
  HEADER: [HEADER_TEXT, 'header value'],
  COOKIE: [COOKIE_TEXT, 'cookie value'],
};

const KEYLESS_OF_TLS: ReadonlySet<L7RuleType> = new Set(['SSL_CONN_HAS_CERT', 'SSL_VERIFY_RESULT']);

const checkKey = ({ type, key }: L7Rule): void => {
  if (KEYLESS_OF_TLS.has(type) && key) {
    throw ruleSyntax(`Invalid L7 Rule: L7rule type ${type} does not use the "key" field.`);
  }
  const keyRule = l7KeyRule(type);
  if (keyRule === null) return;
  if (!key) throw ruleSyntax(`rules of type ${type} need a key`);
  const problem = keyRule(key);
  if (problem !== null) throw ruleSyntax(`key ${problem}`);
};

/** Whether an L7 rule, new or as it will be after a change, makes sense. @throws ApiError 400 */
export const checkL7Rule = (rule: L7Rule): void => {
  const { type, compare_type, value } = rule;
  if (!COMPARISONS[type].includes(compare_type)) {
    throw ruleSyntax(`rules of type ${type} compare by ${COMPARISONS[type].join(' or ')}`);
  }
  checkKey(rule);
  const problem = l7ValueRule(type, compare_type)(value);
  if (problem !== null) throw ruleSyntax(`value ${problem}`);
  const [allowed, what] = (compare_type !== 'REGEX' && COMPARED[type]) || [];
  if (allowed?.test(value) === false) throw ruleSyntax(`Invalid characters in ${what}`);
};
