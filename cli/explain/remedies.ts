import { readFileSync } from 'node:fs';

/** What an error is, and what helps against it. */
export interface Remedy {
  readonly what: string;
  readonly helps: string;
}

const PAGE = new URL('../../docs/operations.md', import.meta.url);

/** Markdown as plain text: links lose their addresses, code its marks. */
const plain = (markdown: string): string =>
  markdown
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll('`', '')
    .trim();

/** The table of errors of a page: a row for some names, what they mean, and what helps. */
export const remediesIn = (page: string): ReadonlyMap<string, Remedy> => {
  const section = page.split(/^## /m).find((part) => part.startsWith('Errors\n')) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return new Map(
    rows.flatMap((row) => {
      const [, names = '', what = '', helps = ''] = row.split(/(?<!\\)\|/);
      return [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => [
        name,
        { what: plain(what), helps: plain(helps) },
      ]);
    }),
  );
};

let known: ReadonlyMap<string, Remedy> | null = null;

/** What docs/operations.md says about the error: that page is the one place for it. Null where it says nothing. */
export const remedyFor = (errorName: string): Remedy | null => {
  known ??= remediesIn(readFileSync(PAGE, 'utf8'));
  return known.get(errorName) ?? null;
};
