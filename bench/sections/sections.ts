import { api } from './api.ts';
import { batch } from './batch.ts';
import { changes } from './changes.ts';
import { contention } from './contention.ts';
import { crowd } from './crowd.ts';
import { heartbeats, silence } from './heartbeats.ts';
import { lifecycle } from './lifecycle.ts';
import { lostExecutions } from './lost-executions.ts';
import { members } from './members.ts';
import { memory } from './memory.ts';
import { rendering } from './rendering.ts';
import { requests } from './requests.ts';
import type { Section } from './section.ts';

/** All parts, in the order they run. */
export const sections: readonly Section[] = [
  lifecycle('single', 'SINGLE'),
  lifecycle('standby', 'ACTIVE_STANDBY'),
  changes,
  api,
  members,
  batch,
  rendering,
  requests,
  crowd,
  contention,
  memory,
  heartbeats,
  silence,
  lostExecutions,
];
