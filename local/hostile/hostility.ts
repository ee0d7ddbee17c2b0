import { createDraws } from './draws.ts';

/** How much worse than usual the stack's services are. */
export interface HostileOptions {
  /** What happens to the calls of one place follows from it and from their order. */
  readonly seed: number;
  /** Share of requests and invocations that are throttled, and of deliveries that are repeated. @default 0.05 */
  readonly share?: number;
  /** How far indexes, events, stream records and the views of executions are behind at most, in milliseconds. @default 2000 */
  readonly lagMs?: number;
  /** How far the clock of a function is off at most, in milliseconds. @default 300 */
  readonly skewMs?: number;
}

export interface Hostility {
  /** Whether the site's next call is one of the share. @param times how many times the share */
  hits(site: string, times?: number): boolean;
  /** The site's next number, from 0 up to 1. */
  draw(site: string): number;
  /** Whether the name is one of about so many, always the same ones. */
  isOneOf(name: string, count: number): boolean;
  /** Milliseconds by which the site's next delivery or view is late. */
  lag(site: string): number;
  /** Milliseconds by which a function's clock is ahead; negative when it is behind. */
  skewOf(functionKey: string): number;
}

export const createHostility = ({ seed, share = 0.05, lagMs = 2_000, skewMs = 300 }: HostileOptions): Hostility => {
  const draws = createDraws(seed);
  return {
    hits: (site, times = 1) => draws.next(site) < share * times,
    draw: draws.next,
    isOneOf: (name, count) => draws.fixed(name) < 1 / count,
    lag: (site) => draws.next(`lag of ${site}`) * lagMs,
    skewOf: (functionKey) => Math.round((draws.fixed(`clock of ${functionKey}`) * 2 - 1) * skewMs),
  };
};
