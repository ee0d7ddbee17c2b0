import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { logger } from '../../../../../lib/tools/logger.ts';
import { useTable } from '../../../../helpers/table.ts';
import { interceptRequests } from '../support/requests.ts';
import { actors, answers, losses } from './lock-protocol/actors.ts';
import { type Journal, LostAnswer } from './lock-protocol/journal.ts';
import { storedFor, write } from './lock-protocol/requests.ts';
import { checkNextSuccess, checkRest } from './lock-protocol/rest.ts';
import { lookAfter, recover, sweepUntilRest } from './lock-protocol/sweeps.ts';

/*
 * Writers that create, update and delete, flows that come to their end, fail or lose their execution, zombies and second
 * deliveries that repeat a flow's steps under its old fence, sweeps that carry on or give up, redrives, and answers that get
 * lost after the write: in every order that the requests they send to the table can come in.
 */

beforeAll(useTable);
beforeAll(() => {
  logger.setLogLevel('SILENT');
});

let stop: (() => void) | undefined;
afterEach(() => {
  stop?.();
  vi.restoreAllMocks();
});

/** As many orders as fit; more of them with `LOCK_SCHEDULES_MS=60000 npx vitest run lock-protocol`. */
const LIMIT_MS = Number(process.env.LOCK_SCHEDULES_MS ?? 2_000);

/** Sends each request when the schedule says so, and none before the one before it was answered; loses some answers. */
const inTurn =
  (scheduler: fc.Scheduler, lost: fc.Stream<number>) => async (input: string, send: () => Promise<void>) => {
    const refusals: unknown[] = [];
    const builder = async () => {
      try {
        await send();
      } catch (error) {
        refusals.push(error);
      }
    };
    await scheduler.scheduleSequence([{ builder, label: input.slice(0, 200) }]).task;
    if (refusals.length > 0) throw refusals[0];
    if (lost.next().value === 0) throw new LostAnswer();
  };

describe('the lock, in any order of requests', () => {
  it(
    'admits one fence at a time, keeps every accepted change, and leaves nothing PENDING',
    async () => {
      // Pauses then only give way, so that the schedule alone decides.
      vi.spyOn(Math, 'random').mockReturnValue(0);
      const deadline = Date.now() + LIMIT_MS;
      await fc.assert(
        fc.asyncProperty(
          fc.scheduler(),
          actors,
          answers,
          losses,
          async (scheduler, [writers, recoverers], lost, before) => {
            if (Date.now() > deadline) return;
            const { id, asked } = await storedFor(writers);
            const journal: Journal = {
              fences: [],
              pushed: new Set(),
              accepted: [],
              running: new Set(),
              losses: before,
            };
            stop = interceptRequests(inTurn(scheduler, lost));
            try {
              const work = [
                ...asked.map((one, index) => write(id, index, one, journal)),
                ...recoverers.map((recoverer) => lookAfter(id, recoverer, journal)),
              ];
              // A sweep of locks always runs: a writer may wait for a lost one.
              let over = false;
              const done = Promise.all(work).finally(() => {
                over = true;
              });
              const sweep = async (): Promise<void> => {
                while (!over) await recover(id, false, journal);
              };
              await scheduler.waitFor(Promise.all([done, sweep()]));
            } finally {
              stop();
            }
            await sweepUntilRest(id, journal);
            expect(journal.accepted).toHaveLength(writers.length);
            expect(journal.fences).toEqual(journal.fences.toSorted((a, b) => a - b));
            await checkRest(id, journal);
            await checkNextSuccess(id, journal);
          },
        ),
        { numRuns: 1_000 },
      );
    },
    LIMIT_MS + 20_000,
  );
});
