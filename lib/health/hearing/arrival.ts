import type { HeartbeatMessage } from '../message.ts';

/** A heartbeat as it came in. */
export interface Arrival {
  readonly message: HeartbeatMessage;
  /** Where it came from. */
  readonly address: string;
  /** ms since 1970. */
  readonly receivedAt: number;
  /** Signed with another key than the amphora's own by the current key. */
  readonly formerKey: boolean;
  /** Signed with a key of the amphora's own, by the current key or by the previous one. */
  readonly ownKey: boolean;
}
