import type { L7CompareType, L7Policy, L7Rule } from '../../../models/objects/l7.ts';
import { fetchArgument } from '../escape.ts';
import { urlRule } from '../fields/http.ts';
import { uuidRule } from '../fields/identity.ts';
import { l7KeyRule, l7ValueRule } from '../fields/l7-rule.ts';
import { argument, lookup, refuse, type Subject, word } from '../guard.ts';
import { EMPTY, joinText, type SafeText, text } from '../text.ts';
import type { Context } from './context.ts';

const COMPARISON: Readonly<Record<L7CompareType, SafeText>> = {
  REGEX: text`-m reg`,
  STARTS_WITH: text`-m beg`,
  ENDS_WITH: text`-m end`,
  CONTAINS: text`-m sub`,
  EQUAL_TO: text`-m str`,
};

const REDIRECT_CODE: Readonly<Record<string, SafeText>> = {
  301: text` code 301`,
  302: text` code 302`,
  303: text` code 303`,
  307: text` code 307`,
  308: text` code 308`,
};

/** The key as an argument of a fetch. */
const keyOf = (context: Context, rule: L7Rule, subject: Subject): SafeText => {
  const key = rule.key ?? '';
  const problem = l7KeyRule(rule.type)?.(key) ?? null;
  if (problem !== null) return refuse(subject, 'key', problem);
  return fetchArgument(key, context.features.readsFetchArgumentsTwice);
};

/** What the rule looks at, up to and without the comparison. */
const fetchOf = (context: Context, rule: L7Rule, subject: Subject): SafeText => {
  switch (rule.type) {
    case 'HOST_NAME':
      return text`req.hdr(host) -i`;
    case 'PATH':
      return text`path`;
    case 'FILE_TYPE':
      return text`path_end`;
    case 'HEADER':
      return text`req.hdr(${keyOf(context, rule, subject)})`;
    case 'COOKIE':
      return text`req.cook(${keyOf(context, rule, subject)})`;
    case 'SSL_DN_FIELD':
      return text`ssl_c_s_dn(${keyOf(context, rule, subject)})`;
    case 'SSL_CONN_HAS_CERT':
      return text`ssl_c_used`;
    case 'SSL_VERIFY_RESULT':
      return text`ssl_c_verify eq`;
    default:
      return refuse(subject, 'type', 'is not one of the known values');
  }
};

/** The rule as an `acl` line named by its id. */
const aclLine = (context: Context, rule: L7Rule, id: SafeText, subject: Subject): SafeText => {
  const value = argument(subject, 'value', rule.value, l7ValueRule(rule.type, rule.compare_type));
  const start = text`        acl ${id} ${fetchOf(context, rule, subject)}`;
  if (rule.type === 'SSL_CONN_HAS_CERT') return start;
  if (rule.type === 'SSL_VERIFY_RESULT') return text`${start} ${value}`;
  const comparison = lookup(subject, 'compare_type', rule.compare_type, COMPARISON);
  const implied = rule.type === 'FILE_TYPE' && rule.compare_type === 'EQUAL_TO';
  // A value that starts with a dash would be read as a flag.
  const end = rule.value.startsWith('-') ? text` -- ${value}` : text` ${value}`;
  return implied ? text`${start}${end}` : text`${start} ${comparison}${end}`;
};

/** What a policy does, up to and without its conditions; null when it sends to a pool that is not served. */
const actionOf = (policy: L7Policy, backend: SafeText | null, subject: Subject): SafeText | null => {
  const code =
    policy.redirect_http_code === null
      ? EMPTY
      : lookup(subject, 'redirect_http_code', policy.redirect_http_code, REDIRECT_CODE);
  switch (policy.action) {
    case 'REJECT':
      return text`http-request deny`;
    case 'REDIRECT_TO_URL':
      return text`redirect${code} location ${argument(subject, 'redirect_url', policy.redirect_url, urlRule)}`;
    case 'REDIRECT_PREFIX':
      return text`redirect${code} prefix ${argument(subject, 'redirect_prefix', policy.redirect_prefix, urlRule)}`;
    case 'REDIRECT_TO_POOL':
      return backend === null ? null : text`use_backend ${backend}`;
    default:
      return refuse(subject, 'action', 'is not one of the known values');
  }
};

/**
 * A policy's lines: one `acl` for each enabled rule, then the action under all of them. Empty for a policy that has no
 * enabled rule, or sends to a pool that is not served. `backend` names its pool's backend, null when there is none.
 */
export const policyLines = (context: Context, policy: L7Policy, backend: SafeText | null): readonly SafeText[] => {
  const rules = context.index.rulesByPolicy.get(policy.id) ?? [];
  if (rules.length === 0) return [];
  const action = actionOf(policy, backend, { kind: 'l7policy', id: policy.id });
  if (action === null) return [];
  const lines: SafeText[] = [];
  const conditions: SafeText[] = [];
  for (const rule of rules) {
    const subject: Subject = { kind: 'l7rule', id: rule.id };
    const id = word(subject, 'id', rule.id, uuidRule);
    lines.push(aclLine(context, rule, id, subject));
    conditions.push(rule.invert ? text`!${id}` : id);
  }
  lines.push(text`    ${action} if ${joinText(conditions, ' ')}`);
  return lines;
};
