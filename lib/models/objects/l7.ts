import type { LoadBalancerObject, NamedObject } from '../base.ts';

export const L7_ACTIONS = ['REJECT', 'REDIRECT_TO_URL', 'REDIRECT_TO_POOL', 'REDIRECT_PREFIX'] as const;
export type L7Action = (typeof L7_ACTIONS)[number];

export type RedirectHttpCode = 301 | 302 | 303 | 307 | 308;

export interface L7Policy extends NamedObject {
  readonly load_balancer_id: string;
  readonly listener_id: string;
  readonly description: string;
  readonly action: L7Action;
  /** From 1, without gaps within a listener. */
  readonly position: number;
  readonly redirect_pool_id: string | null;
  readonly redirect_url: string | null;
  readonly redirect_prefix: string | null;
  readonly redirect_http_code: RedirectHttpCode | null;
  readonly enabled: boolean;
}

export const L7_RULE_TYPES = [
  'HOST_NAME',
  'PATH',
  'FILE_TYPE',
  'HEADER',
  'COOKIE',
  'SSL_CONN_HAS_CERT',
  'SSL_VERIFY_RESULT',
  'SSL_DN_FIELD',
] as const;
export type L7RuleType = (typeof L7_RULE_TYPES)[number];

export const L7_COMPARE_TYPES = ['REGEX', 'STARTS_WITH', 'ENDS_WITH', 'CONTAINS', 'EQUAL_TO'] as const;
export type L7CompareType = (typeof L7_COMPARE_TYPES)[number];

export interface L7Rule extends LoadBalancerObject {
  readonly load_balancer_id: string;
  readonly l7policy_id: string;
  readonly type: L7RuleType;
  readonly compare_type: L7CompareType;
  readonly key: string | null;
  readonly value: string;
  readonly invert: boolean;
  readonly enabled: boolean;
}
