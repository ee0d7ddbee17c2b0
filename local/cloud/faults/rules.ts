import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';

export const faultRule = z.object({
  /** identity, compute, network, image, key-manager or agent; left out: any. */
  service: z.string().optional(),
  method: z.string().optional(),
  /** Regular expression for the whole path without the query; left out: any. */
  path: z.string().optional(),
  /** Only the agent of this server (service agent). */
  serverId: z.string().optional(),
  status: z.int().min(100).max(599).optional(),
  body: z.unknown().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  /** Milliseconds to wait before anything else, or until the rules are forgotten. */
  delayMs: z.number().min(0).optional(),
  /** How often the rule applies; left out: for ever. */
  times: z.int().min(1).optional(),
  /** Cuts the connection before doing the work, or after it is done and before the answer. */
  drop: z.enum(['before', 'after']).optional(),
});

export type FaultRule = z.infer<typeof faultRule>;

export interface Request {
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly serverId?: string;
}

/** The rules in force, first match wins. */
export interface FaultRules {
  add(rule: FaultRule): void;
  clear(): void;
  list(): readonly FaultRule[];
  /** The rule for a request, counted as used; null when none applies. */
  take(request: Request): FaultRule | null;
  /** Waits as long as a rule that was taken says. */
  delay(rule: FaultRule | null): Promise<void>;
}

const applies = (rule: FaultRule, request: Request): boolean =>
  (rule.service ?? request.service) === request.service &&
  (rule.method ?? request.method).toUpperCase() === request.method &&
  (rule.serverId ?? request.serverId) === request.serverId &&
  (rule.path === undefined || new RegExp(rule.path).test(request.path));

export const faultRules = (): FaultRules => {
  let rules: FaultRule[] = [];
  const untilForgotten = (): AbortController => {
    const controller = new AbortController();
    // Any number of requests may be delayed at the same time.
    setMaxListeners(0, controller.signal);
    return controller;
  };
  let forgotten = untilForgotten();
  return {
    add: (rule) => {
      rules.push(faultRule.parse(rule));
    },
    clear: () => {
      rules = [];
      forgotten.abort();
      forgotten = untilForgotten();
    },
    list: () => rules,
    take: (request) => {
      const rule = rules.find((candidate) => applies(candidate, request));
      if (rule === undefined) return null;
      if (rule.times === 1) rules = rules.filter((other) => other !== rule);
      else if (rule.times !== undefined) rule.times -= 1;
      return rule;
    },
    delay: async (rule) => {
      const { signal } = forgotten;
      if (rule?.delayMs === undefined) return;
      await sleep(rule.delayMs, undefined, { signal }).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    },
  };
};
