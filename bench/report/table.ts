import { type Figure, verdictOf } from './figure.ts';

/** A number as people read it: two decimals below ten, one below a hundred, whole above. */
export const short = (value: number): string => {
  const decimals = Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0;
  return Number.isInteger(value) ? String(value) : value.toFixed(decimals);
};

const cells = (figure: Figure): readonly [string, string, string, string, string] => [
  figure.name,
  short(figure.value),
  figure.unit,
  figure.target === null ? '' : `${figure.target.kind} ${short(figure.target.limit)}: ${verdictOf(figure)}`,
  figure.note,
];

/** One line for each figure, in columns. */
export const table = (figures: readonly Figure[]): readonly string[] => {
  const rows = figures.map(cells);
  const width = (column: 0 | 1 | 2 | 3): number => Math.max(0, ...rows.map((row) => row[column].length));
  return rows.map(([name, value, unit, target, note]) =>
    [name.padEnd(width(0)), value.padStart(width(1)), unit.padEnd(width(2)), target.padEnd(width(3)), note]
      .join('  ')
      .trimEnd(),
  );
};
