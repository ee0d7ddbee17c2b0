import { startScript } from '../local/scripts.ts';
import { readFigure } from '../report/figure.ts';
import type { Section } from './section.ts';

export const lostExecutions: Section = {
  name: 'lost-executions',
  about:
    'a stack of its own beside 8 busy processes: until an operation that lost its execution four times is given up',
  run: async ({ environment }, note) => {
    const measuring = startScript('local/lost-executions.ts', environment);
    for await (const line of measuring.lines) note(readFigure(line));
    await measuring.ended();
  },
};
