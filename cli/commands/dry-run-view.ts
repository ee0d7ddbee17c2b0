import type * as z from 'zod';
import type { dryRunShape } from '../api/shapes.ts';
import { columns } from '../output/columns.ts';
import { safeJson, safeLines, safeText } from '../output/safe-text.ts';
import type { Terminal } from '../output/terminal.ts';

export type DryRun = z.infer<typeof dryRunShape>['dry_run'];

const colorOf = (line: string): 'red' | 'green' | 'dim' => {
  if (line.startsWith('+')) return 'green';
  return line.startsWith('-') ? 'red' : 'dim';
};

/** What a write would do. */
export const dryRunText = (terminal: Terminal, dryRun: DryRun): string => {
  const { operation, objects, external_resources, quota, configuration } = dryRun;
  const parts = [
    operation === null
      ? 'No flow would run.\n'
      : `Flow ${safeText(operation.flow)} would run: ${safeText(operation.begins)}${operation.joins === null ? '' : ` operation ${safeText(operation.joins)}`}.\n`,
    columns(
      terminal,
      ['ACTION', 'OBJECT', 'ID', 'CHANGES'],
      objects.map(({ action, type, id, changes }) => [action, type, id, changes === null ? null : safeJson(changes)]),
    ),
    columns(
      terminal,
      ['ACTION', 'IN THE CLOUD', 'NAME', 'NETWORK'],
      external_resources.map(({ action, kind, name, network_id }) => [action, kind, name, network_id]),
    ),
    columns(
      terminal,
      ['QUOTA', 'BEFORE', 'AFTER', 'LIMIT'],
      (quota?.resources ?? []).map(({ resource, before, after, limit }) => [resource, before, after, limit]),
    ),
    ...configuration.map(({ amphora_id, file, diff }) =>
      [
        `${safeText(file)} of amphora ${safeText(amphora_id)}`,
        ...safeLines(diff).map((line) => terminal.style(colorOf(line), line)),
        '',
      ].join('\n'),
    ),
    'Nothing was done.\n',
  ];
  return parts.filter((part) => part !== '').join('\n');
};
