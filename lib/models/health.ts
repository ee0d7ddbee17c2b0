/** The last heartbeat of an amphora. Times are ISO 8601 in UTC with milliseconds. */
export interface Heartbeat {
  readonly amphora_id: string;
  readonly loadbalancer_id: string | null;
  /** Nova's availability zone, null while it is not known. */
  readonly zone: string | null;
  /** Number of the last heartbeat; -1 before the first. */
  readonly sequence: number;
  /** Of the last heartbeat, whatever it said; null before the first. */
  readonly heard_at: string | null;
  /** Of the last one that reported every listener; before the first, since when one is waited for. */
  readonly well_at: string;
  /** Where the last one reported other listeners than it should. */
  readonly listeners: { readonly reported: number; readonly expected: number } | null;
  /** Names what the last one said of the objects, and since when it has been said; absent before the first. */
  readonly said?: string | undefined;
  /** True when the last one was signed with another key than the amphora's own by the receivers' current key. */
  readonly former_key?: boolean | undefined;
  /** Number of the last one that was signed with a key of the amphora's own; absent before the first. */
  readonly own_key?: number | undefined;
}

/** What an amphora said of the objects, in the words of its heartbeat. */
export interface Report {
  readonly amphora_id: string;
  readonly listeners: Readonly<Record<string, string>>;
  readonly pools: Readonly<
    Record<string, { readonly status: string; readonly members: Readonly<Record<string, string>> }>
  >;
}

/** Why an amphora needs attention. */
export const HEALTH_ALARMS = ['SILENT', 'NEVER_HEARD', 'LISTENERS_MISSING', 'ZOMBIE', 'CLOUDWATCH'] as const;
export type HealthAlarm = (typeof HEALTH_ALARMS)[number];

/** A storm in one availability zone: nothing there is failed over until it is over. */
export interface Storm {
  readonly zone: string;
  readonly since: string;
  readonly silent: number;
  readonly known: number;
}

/** One process that receives heartbeats. */
export interface Receiver {
  readonly id: string;
  readonly started_at: string;
  readonly seen_at: string;
  /** Since when it has been able to receive; null while it is not. */
  readonly healthy_since: string | null;
  /** Amphorae with a recent heartbeat. */
  readonly amphorae: number;
  /** Datagrams since its start, by what became of them. */
  readonly datagrams: Readonly<Record<string, number>>;
  /** When it last left heartbeats unread because too many came; null for never, absent from receivers that do not note it. */
  readonly dropped_at?: string | null | undefined;
  /** Heartbeats since its start that were signed with another key than the current one; absent from receivers that do not count them. */
  readonly previous_key?: number | undefined;
}

/** `zone` of amphorae whose zone is not known. */
export const NO_ZONE = 'unknown';
