/** Lines that stay, around those that change. */
const CONTEXT = 3;
/** Lines that may differ in all before they are shown as replaced whole: more would take too long to compare. */
const MOST_DIFFERENCES = 1_500;

interface Line {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

const linesOf = (text: string | null): readonly string[] =>
  text === null || text === '' ? [] : text.replace(/\n$/, '').split('\n');

const signed = (sign: Line['sign'], lines: readonly string[]): readonly Line[] => lines.map((text) => ({ sign, text }));

/** For each number of differences, how far each diagonal gets (E. W. Myers, 1986); null when there are too many. */
const traceOf = (from: readonly string[], to: readonly string[]): readonly Int32Array[] | null => {
  const most = Math.min(from.length + to.length, MOST_DIFFERENCES);
  const reach = new Int32Array(2 * most + 3);
  const trace: Int32Array[] = [];
  for (let differences = 0; differences <= most; differences += 1) {
    trace.push(reach.slice(most + 1 - differences - 1, most + 1 + differences + 2));
    for (let diagonal = -differences; diagonal <= differences; diagonal += 2) {
      const at = most + 1 + diagonal;
      const [above, left] = [reach[at + 1] ?? 0, reach[at - 1] ?? 0];
      let x = diagonal === -differences || (diagonal !== differences && left < above) ? above : left + 1;
      while (x < from.length && x - diagonal < to.length && from[x] === to[x - diagonal]) x += 1;
      reach[at] = x;
      if (x >= from.length && x - diagonal >= to.length) return trace;
    }
  }
  return null;
};

/** The way back through the trace, as lines. */
const linesBetween = (from: readonly string[], to: readonly string[]): readonly Line[] => {
  const trace = traceOf(from, to);
  if (trace === null) return [...signed('-', from), ...signed('+', to)];
  const lines: Line[] = [];
  let [x, y] = [from.length, to.length];
  const stay = (until: number) => {
    for (; x > until; x -= 1, y -= 1) lines.push({ sign: ' ', text: from[x - 1] ?? '' });
  };
  for (let differences = trace.length - 1; differences > 0; differences -= 1) {
    const reach = trace[differences];
    const before = (diagonal: number): number => reach?.[diagonal + differences + 1] ?? 0;
    const diagonal = x - y;
    const isInsertion =
      diagonal === -differences || (diagonal !== differences && before(diagonal - 1) < before(diagonal + 1));
    const formerX = before(isInsertion ? diagonal + 1 : diagonal - 1);
    stay(isInsertion ? formerX : formerX + 1);
    if (isInsertion) {
      y -= 1;
      lines.push({ sign: '+', text: to[y] ?? '' });
    } else {
      x -= 1;
      lines.push({ sign: '-', text: from[x] ?? '' });
    }
  }
  stay(0);
  return lines.toReversed();
};

/** Runs of lines with what is around them; those that touch are one. */
const hunksOf = (lines: readonly Line[]): readonly (readonly [number, number])[] => {
  const hunks: [number, number][] = [];
  for (const [index, { sign }] of lines.entries()) {
    if (sign === ' ') continue;
    const [start, end] = [Math.max(0, index - CONTEXT), Math.min(lines.length, index + CONTEXT + 1)];
    const last = hunks.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = end;
    else hunks.push([start, end]);
  }
  return hunks;
};

const countOf = (lines: readonly Line[], without: Line['sign']): number =>
  lines.filter(({ sign }) => sign !== without).length;

/** `12,3`, as in `@@ -12,3 +12,4 @@`: where nothing is, the line before. */
const rangeOf = (before: readonly Line[], inside: readonly Line[], without: Line['sign']): string => {
  const count = countOf(inside, without);
  return `${countOf(before, without) + (count === 0 ? 0 : 1)},${count}`;
};

/**
 * What turns one text into the other, as `diff -u` writes it; empty when they are the same.
 * @param before null when there is no such file
 */
export const unifiedDiff = (name: string, before: string | null, after: string | null): string => {
  const lines = linesBetween(linesOf(before), linesOf(after));
  const hunks = hunksOf(lines).map(([start, end]) => {
    const [earlier, inside] = [lines.slice(0, start), lines.slice(start, end)];
    const head = `@@ -${rangeOf(earlier, inside, '+')} +${rangeOf(earlier, inside, '-')} @@`;
    return [head, ...inside.map(({ sign, text }) => `${sign}${text}`)].join('\n');
  });
  if (hunks.length === 0) return '';
  const file = (text: string | null, side: string) => (text === null ? '/dev/null' : `${side}/${name}`);
  return `--- ${file(before, 'a')}\n+++ ${file(after, 'b')}\n${hunks.join('\n')}\n`;
};
