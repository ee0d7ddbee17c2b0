import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal } from '../../../../local/stepfunctions/journal.ts';
import type { ExecutionRecord } from '../../../../local/stepfunctions/records.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const KEPT = 2_000;
const record = (number: number): ExecutionRecord => ({
  arn: `arn:${number}`,
  stateMachineArn: 'arn:machine',
  name: `${number}`,
  input: '{}',
  status: 'RUNNING',
  startDate: number,
  stopDate: null,
  output: null,
  error: null,
  cause: null,
});
const eventsOf = (number: number) => [
  { id: 1, previousEventId: 0, timestamp: number, type: 'ExecutionStarted', details: { input: 'ö'.repeat(10) } },
];

describe('a journal', () => {
  it('is opened with the last states and histories of the latest 2,000 executions, as often as one likes', () => {
    const first = openJournal(folder);
    for (let number = 0; number < KEPT + 5; number += 1) {
      first.write(record(number));
      first.writeHistory(`arn:${number}`, eventsOf(number));
      first.write({ ...record(number), status: 'SUCCEEDED', stopDate: number });
    }
    first.close();
    const before = statSync(join(folder, 'executions.jsonl')).size;
    for (let time = 0; time < 2; time += 1) {
      const journal = openJournal(folder);
      expect(journal.found.length).toBe(KEPT);
      expect(journal.found[0]).toEqual({ ...record(5), status: 'SUCCEEDED', stopDate: 5 });
      expect(journal.readHistory('arn:4')).toBeNull();
      for (const number of [5, 6, KEPT + 4]) expect(journal.readHistory(`arn:${number}`)).toEqual(eventsOf(number));
      journal.close();
    }
    expect(statSync(join(folder, 'executions.jsonl')).size).toBeLessThan(before);
  });

  it('finds what was written after it was opened again', () => {
    openJournal(folder).close();
    const journal = openJournal(folder);
    journal.write(record(1));
    journal.writeHistory('arn:1', eventsOf(1));
    expect(journal.readHistory('arn:1')).toEqual(eventsOf(1));
    journal.forget('arn:1');
    expect(journal.readHistory('arn:1')).toBeNull();
    journal.close();
  });
});
