import { expect, vi } from 'vitest';
import type { StandInCloud } from '../../../local/cloud/cloud.ts';

type Rule = Parameters<StandInCloud['faults']['add']>[0];

/** The stand-in cloud answers by itself after so long, before its clients lose their patience. */
const LONGEST_MS = 20_000;

/** Holds back the next request that fits, of the cloud or an agent, until it is let go. */
export const holdNext = ({ faults }: StandInCloud, rule: Omit<Rule, 'delayMs' | 'times'>) => {
  faults.add({ ...rule, delayMs: LONGEST_MS, times: 1 });
  /** Resolves once there is such a request. */
  const reached = () =>
    vi.waitFor(() => expect(faults.rules()).not.toContainEqual(expect.objectContaining(rule)), LONGEST_MS);
  return {
    reached,
    /** Once it is there. Forgets every other fault, too. */
    letGo: async (): Promise<void> => {
      await reached();
      faults.clear();
    },
  };
};
