import { faults } from './faults.ts';
import { deafReaders, heartbeats } from './hostile-connections.ts';
import { bodies, misspeltDryRuns, othersObjects, queries, secrets } from './hostile-requests.ts';
import type { Target } from './target.ts';

/** Hostile input of all kinds at the same time, until it is told to stop. */
export const attackAll = async (target: Target, signal: AbortSignal): Promise<void> => {
  const attacks = [bodies, queries, misspeltDryRuns, othersObjects, deafReaders, secrets, heartbeats, faults];
  await Promise.all(attacks.map((attack) => attack(target, signal)));
};
