import { type PlacedState, placedStates } from '../package/asl/walk.ts';
import type { Flow } from '../package/source/service.ts';
import { drawFlow } from './mermaid.ts';

const INTRODUCTION = `# Flows

Drawn from the definitions by \`npm run docs\`; change those, not this page. A box inside a box is done for each amphora or
beside its neighbours; an arrow with a name is taken when that error is caught; a dashed end is a failed execution.`;

const reason = ({ name, state }: PlacedState): readonly string[] =>
  state.Comment === undefined ? [] : [`| \`${name}\` | ${state.Comment.replaceAll('|', '\\|')} |`];

const section = ({ name, definition }: Flow): string =>
  [
    `## ${name}`,
    definition.Comment ?? '',
    `\`\`\`mermaid\n${drawFlow(definition)}\n\`\`\``,
    ['| state | what it does, and why |', '|---|---|', ...[...placedStates(definition)].flatMap(reason)].join('\n'),
  ].join('\n\n');

/** The page docs/flows.md: every flow's story, drawing and states. */
export const flowsPage = (flows: readonly Flow[]): string => `${[INTRODUCTION, ...flows.map(section)].join('\n\n')}\n`;
