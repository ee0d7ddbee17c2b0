import { setTimeout as wait } from 'node:timers/promises';
import type { LoadBalancerApi } from '../../cloud/load-balancer-api.ts';
import type { Journal } from './journal.ts';
import type { Tally } from './tally.ts';

/** Between two requests of one attacker. */
export const PAUSE_MS = 500;

export interface Target {
  readonly host: string;
  readonly port: number;
  readonly authUrl: string;
  readonly alice: LoadBalancerApi;
  readonly aliceToken: string;
  readonly bob: LoadBalancerApi;
  readonly admin: LoadBalancerApi;
  readonly heartbeatKey: string;
  /** Bob's load balancer, whose amphora is hostile. */
  readonly hostileId: string;
  readonly tally: Tally;
  readonly journal: Journal;
}

export type Attack = (target: Target, signal: AbortSignal) => Promise<void>;

/** Runs until it is told to stop; a request that must be refused and is not is a problem. */
export const again =
  (attack: (target: Target, round: number) => Promise<void>, pauseMs = PAUSE_MS): Attack =>
  async (target, signal) => {
    for (let round = 0; !signal.aborted; round += 1) {
      await attack(target, round);
      await wait(pauseMs);
    }
  };

export const mustRefuse = async ({ tally }: Target, what: string, asked: Promise<number | null>): Promise<void> => {
  const status = await asked;
  if (status !== null && status < 400) tally.problem(`${what} is not refused: ${status}`);
};
