import Table from 'cli-table3';
import { safeText } from './safe-text.ts';
import type { Terminal } from './terminal.ts';

const NO_LINES = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
  ].map((part) => [part, part === 'middle' ? '  ' : '']),
);

/** Statuses as a person skims them. */
const STYLES = {
  green: new Set(['ACTIVE', 'ONLINE', 'SUCCEEDED', 'succeeded', 'ok', 'healthy', 'ALLOCATED', 'READY']),
  red: new Set(['ERROR', 'FAILED', 'failed', 'finding', 'unhealthy']),
  yellow: new Set(['DEGRADED', 'OFFLINE', 'RUNNING', 'COMMITTED', 'JOINED', 'SUPERSEDED', 'running', 'warning']),
} as const;

/** A status in its color. */
export const colored = (terminal: Pick<Terminal, 'style'>, status: string): string => {
  const safe = safeText(status);
  for (const color of ['green', 'red', 'yellow'] as const) {
    if (STYLES[color].has(status)) return terminal.style(color, safe);
  }
  return status.startsWith('PENDING_') ? terminal.style('yellow', safe) : safe;
};

export type Cell = string | number | null;

const cellText = (terminal: Pick<Terminal, 'style'>, cell: Cell): string => {
  if (cell === null || cell === '') return '-';
  return typeof cell === 'number' ? String(cell) : colored(terminal, cell);
};

/** Rows under a head, in columns as wide as they need; nothing without rows. Ends with a line end. */
export const columns = (
  terminal: Pick<Terminal, 'style'>,
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
): string => {
  if (rows.length === 0) return '';
  const style = { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true };
  const table = new Table({ chars: NO_LINES, style });
  if (head.length > 0) table.push(head.map((name) => terminal.style('bold', name)));
  for (const row of rows) table.push(row.map((cell) => cellText(terminal, cell)));
  return `${table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n`;
};

/** Names and values, one a line. */
export const pairs = (terminal: Pick<Terminal, 'style'>, facts: readonly (readonly [string, Cell])[]): string =>
  columns(
    terminal,
    [],
    facts.map(([name, value]) => [name, value]),
  );
