import type { HealthAlarm, Heartbeat } from '../models/health.ts';

/** What an alarm says: `detail` of its event. */
export interface AlarmDetail {
  readonly amphora_id: string;
  readonly loadbalancer_id: string | null;
  readonly zone: string | null;
  readonly reason: HealthAlarm;
  /** ISO 8601; null when it never was. */
  readonly heard_at: string | null;
  /** Since when it has not been well, ISO 8601. */
  readonly well_at: string | null;
  /** True when it has been stale for so long that a probe need not agree. */
  readonly stale: boolean;
}

/** `detail-type` of the event; its source is the table's name, so that two deployments in one account stay apart. */
export const ALARM_EVENT = 'Amphora Health Alarm';

/** Why an amphora is not well, by its last heartbeat. */
export const reasonOf = ({ heard_at, well_at, listeners }: Heartbeat): HealthAlarm => {
  if (heard_at === null) return 'NEVER_HEARD';
  return listeners !== null && heard_at > well_at ? 'LISTENERS_MISSING' : 'SILENT';
};

export const alarmOf = (heartbeat: Heartbeat, stale: boolean): AlarmDetail => {
  const { amphora_id, loadbalancer_id, zone, heard_at, well_at } = heartbeat;
  return { amphora_id, loadbalancer_id, zone, reason: reasonOf(heartbeat), heard_at, well_at, stale };
};
