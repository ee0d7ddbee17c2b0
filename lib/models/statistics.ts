/** What an amphora has counted for one listener. Totals never go back. */
export interface ListenerStatistics {
  readonly loadbalancer_id: string;
  readonly listener_id: string;
  readonly amphora_id: string;
  /** Bytes; likewise the next. */
  readonly bytes_in: number;
  readonly bytes_out: number;
  /** Right now. */
  readonly active_connections: number;
  readonly total_connections: number;
  readonly request_errors: number;
}
