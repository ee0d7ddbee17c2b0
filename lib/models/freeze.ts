/** A state in which the worker begins nothing: no write is accepted, and housekeeping and detection stand still. */
export interface Freeze {
  /** An operator's words: why, and until when. */
  readonly reason: string;
  /** ISO 8601, UTC. */
  readonly since: string;
  /** Of the operator. */
  readonly user_id: string | null;
}
