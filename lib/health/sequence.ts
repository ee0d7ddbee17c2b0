/** What is known of an amphora's heartbeats so far; times in ms since 1970. */
export interface LastHeartbeat {
  readonly sequence: number;
  readonly at: number;
}

/**
 * - `next`: the agent continues its count.
 * - `restart`: it began again, and cannot have counted further since the last heartbeat.
 * - `replay`: a heartbeat that was there before, or one that its agent cannot have sent now.
 */
export type Order = 'next' | 'restart' | 'replay';

/** Heartbeats an agent may be ahead of the clock: one at its start, one for a timer that is early. */
const HEADSTART = 2;

/** Judges a heartbeat by its number, since its content has no time in it. */
export const orderOf = (last: LastHeartbeat | null, sequence: number, now: number, intervalMs: number): Order => {
  if (last === null || sequence > last.sequence) return 'next';
  const most = Math.floor(Math.max(0, now - last.at) / intervalMs) + HEADSTART;
  const overdue = now - last.at >= intervalMs / 2;
  return overdue && sequence < most && sequence < last.sequence ? 'restart' : 'replay';
};
