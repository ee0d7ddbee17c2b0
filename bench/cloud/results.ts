import * as z from 'zod';
import { median } from '../report/statistics.ts';

/** Seconds of each run, by what was measured; anything else under a name is a remark. */
export type Results = Readonly<Record<string, readonly number[] | string>>;

const resultsFile = z.record(z.string(), z.unknown());
const samples = z.array(z.number()).min(1);

/** The measured part of a result file, by any writer. @throws Error it is not an object */
export const readResults = (value: unknown): ReadonlyMap<string, readonly number[]> =>
  new Map(
    Object.entries(resultsFile.parse(value)).flatMap(([name, found]) => {
      const parsed = samples.safeParse(found);
      return parsed.success ? [[name, parsed.data] as const] : [];
    }),
  );

const columns = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
};

/** One line for each name: the median and every sample. */
export const resultLines = (results: Results): readonly string[] =>
  columns(
    Object.entries(results).map(([name, found]) =>
      typeof found === 'string'
        ? [name, '', '']
        : [name, median(found).toFixed(2), found.length > 1 ? `of ${found.join(', ')}` : ''],
    ),
  ).map((line, index) => {
    const remark = Object.values(results)[index];
    return typeof remark === 'string' ? `${line.trimEnd()}: ${remark}` : line.trimEnd();
  });

/** One line for each name that both have: the medians, and how many times the first is the second. */
export const comparisonLines = (
  [firstName, first]: readonly [string, ReadonlyMap<string, readonly number[]>],
  [secondName, second]: readonly [string, ReadonlyMap<string, readonly number[]>],
): readonly string[] => {
  const shared = [...first].flatMap(([name, one]) => {
    const other = second.get(name);
    if (other === undefined) return [];
    const [a, b] = [median(one), median(other)];
    return [[name, a.toFixed(2), b.toFixed(2), b === 0 ? '-' : `${(a / b).toFixed(2)} x`]];
  });
  return columns([['median seconds', firstName, secondName, 'ratio'], ...shared]);
};
