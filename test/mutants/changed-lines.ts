import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * Lines that a diff without context adds or changes in TypeScript files, by file.
 * @param most lines in all; a file after that many is left out
 * @returns ranges as `first-last`
 */
export const linesOf = (diff: string, most: number): ReadonlyMap<string, readonly string[]> => {
  const lines = new Map<string, readonly string[]>();
  let counted = 0;
  for (const [head = '', ...hunks] of diff.split(/^\+\+\+ /m).map((file) => file.split(/^@@ /m))) {
    const path = head.split('\n')[0] ?? '';
    const ranges = hunks
      .map((hunk) => /^-\S+ \+(\d+)(?:,(\d+))? @@/.exec(hunk))
      .map((found) => ({ first: Number(found?.[1]), count: Number(found?.[2] ?? 1) }))
      .filter(({ count }) => count > 0);
    if (!path.endsWith('.ts') || ranges.length === 0 || counted >= most) continue;
    for (const { count } of ranges) counted += count;
    lines.set(
      path,
      ranges.map(({ first, count }) => `${first}-${first + count - 1}`),
    );
  }
  return lines;
};

/** What changed in these folders since a commit, at most some 300 lines: 5 minutes. @throws Error no such commit */
export const changedLines = async (
  since: string,
  folders: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> => {
  const args = ['diff', '--unified=0', '--no-prefix', '--no-renames', '--diff-filter=d', since, '--', ...folders];
  const { stdout } = await promisify(execFile)('git', args, { maxBuffer: 64 * 1024 * 1024 });
  return linesOf(stdout, 300);
};
