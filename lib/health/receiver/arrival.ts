import type { HeartbeatMessage } from '../message.ts';

/** A heartbeat as it came in. */
export interface Arrival {
  readonly message: HeartbeatMessage;
  /** Where it came from. */
  readonly address: string;
  /** ms since 1970. */
  readonly receivedAt: number;
  /** Signed with the previous key. */
  readonly formerKey: boolean;
}
