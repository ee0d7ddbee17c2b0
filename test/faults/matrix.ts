import type { FaultCase } from './cases.ts';
import { FAULT_NAMES } from './cases.ts';
import type { Outcome } from './run-case.ts';

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;

const cell = (outcomes: readonly Outcome[]): string => {
  if (outcomes.length === 0) return '';
  const good = outcomes.filter(({ problems }) => problems.length === 0).length;
  const worst = Math.max(...outcomes.map(({ restMs }) => restMs));
  return `${good === outcomes.length ? good : `${good}/${outcomes.length}`}  ${seconds(worst)}`;
};

/**
 * Flow by fault: at how many task states it was injected, how many of them settled well, and the worst time until
 * settled.
 */
export const matrixLines = (outcomes: readonly Outcome[]): readonly string[] => {
  const flows = [...new Set(outcomes.map(({ flow }) => flow))].sort();
  const of = (flow: string | null, fault: string) =>
    outcomes.filter((one) => (flow === null || one.flow === flow) && one.fault === fault);
  const rows = [
    ['flow', ...FAULT_NAMES],
    ...flows.map((flow) => [flow, ...FAULT_NAMES.map((fault) => cell(of(flow, fault)))]),
    ['all', ...FAULT_NAMES.map((fault) => cell(of(null, fault)))],
  ];
  const widths = FAULT_NAMES.map((_fault, index) => Math.max(...rows.map((row) => (row[index + 1] ?? '').length)));
  const first = Math.max(...rows.map((row) => (row[0] ?? '').length));
  return rows.map(([name = '', ...cells]) =>
    [name.padEnd(first), ...cells.map((text, index) => text.padStart(widths[index] ?? 0))].join('  '),
  );
};

export const nameOf = ({ flow, state, fault }: Pick<Outcome, 'flow' | 'state' | 'fault'> | FaultCase): string =>
  `${flow}, ${state}, ${fault}`;
