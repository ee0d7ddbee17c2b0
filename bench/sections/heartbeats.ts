import { environmentOf, tablePlace } from '../heartbeats/table-place.ts';
import { startScript } from '../local/scripts.ts';
import { readFigure } from '../report/figure.ts';
import type { Section } from './section.ts';

/** A script that measures in a process of its own, with a table in another one: each has a processor to itself. */
const withTable =
  (script: string): Section['run'] =>
  async ({ environment }, note) => {
    const table = startScript('heartbeats/table.ts', environment);
    try {
      for await (const place of table.lines) {
        const own = environmentOf(tablePlace.parse(JSON.parse(place)));
        const measuring = startScript(script, { ...environment, ...own });
        for await (const line of measuring.lines) note(readFigure(line));
        await measuring.ended();
        break;
      }
    } finally {
      await table.stop();
    }
  };

export const heartbeats: Section = {
  name: 'heartbeats',
  about: 'a receiver of its own with 10,000 simulated amphorae, and with 100,000',
  run: withTable('heartbeats/receive.ts'),
};

export const silence: Section = {
  name: 'silence',
  about: 'sweeps for stale amphorae among 100,000, and 1,000 that become stale at once',
  run: withTable('heartbeats/silence.ts'),
};
