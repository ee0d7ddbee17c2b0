import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A piece of English in the repository: a sentence of a page or a comment, or the name of a test. */
export interface Sentence {
  readonly kind: 'docs' | 'comments' | 'test names';
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

const SOURCE_ROOTS = ['cli', 'functions', 'lib', 'local', 'statemachines', 'test', 'bench', '.ci'];
const GENERATED = ['docs/flows.md', 'functions/api/openapi/openapi.json'];
const PRONOUNS = /\b(who|whom|whoever|nobody|somebody|anybody)\b/i;

/** True if the sentence has a pronoun for persons where the project's things, which have names, act. */
export const isPrivate = (text: string): boolean => PRONOUNS.test(text);

const blank = (text: string): string => text.replace(/[^\n]/g, ' ');

const sentences = (kind: Sentence['kind'], path: string, text: string): Sentence[] => {
  const found: Sentence[] = [];
  let line = 1;
  // A sentence ends at its full stop, at an empty line, and at the border of a table's cell or a list's entry.
  for (const part of text.split(/((?<=[.!?:;])\s+(?=[A-Z`"'(\d[])|\n\s*\n|\n\s*(?=[-*#|@]|\d+\. )|\|)/)) {
    const words = part.match(/\p{L}{2,}/gu)?.length ?? 0;
    const start = line + (part.match(/^\s*/)?.[0].split('\n').length ?? 1) - 1;
    if (words >= 2) found.push({ kind, path, line: start, text: part.replace(/\s+/g, ' ').trim() });
    line += part.split('\n').length - 1;
  }
  return found;
};

/** The sentences of a page of Markdown, without its code. */
export const sentencesOfPage = (path: string, text: string): Sentence[] =>
  sentences(
    'docs',
    path,
    text
      .replace(/^```[\s\S]*?^```/gm, blank)
      .replace(/^ {4,}\S.*$/gm, blank)
      .replace(/`[^`\n]*`/g, '`x`')
      .replace(/\]\([^)\s]*\)/g, ']'),
  );

/** The sentences of the comments of a TypeScript source, or of a Promela model. */
export const sentencesOfComments = (path: string, source: string): Sentence[] => {
  const found: Sentence[] = [];
  const lineAt = (index: number): number => source.slice(0, index).split('\n').length;
  for (const { 0: text, index } of source.matchAll(
    /^[ \t]*\/\*[\s\S]*?\*\/|(?:^[ \t]*\/\/.*\n)+|(?<=[;,{(]) \/\/ .*$/gm,
  )) {
    const plain = text.replace(/^[ \t]*(\/\*\*?|\*\/|\*(?!\/)|\/\/)/gm, '').replace(/\*\/$/, '');
    const offset = lineAt(index) - 1;
    for (const one of sentences('comments', path, plain.replace(/`[^`\n]*`/g, '`x`'))) {
      found.push({ ...one, line: one.line + offset });
    }
  }
  return found;
};

/** The sentences of the comments of a YAML file, and of its `Comment` fields, which state machines show. */
export const sentencesOfYaml = (path: string, source: string): Sentence[] => {
  let folded = '';
  const only = source.split('\n').map((line) => {
    const [indent = ''] = line.match(/^\s*/) ?? [];
    if (folded !== '' && indent.length >= folded.length) return line;
    folded = '';
    const field = line.match(/^\s*Comment: (.*)$/)?.[1];
    if (field?.startsWith('>')) folded = `${indent} `;
    // A border as of a table's cell, so that a field is a sentence of its own.
    return field === undefined ? (line.match(/^\s*#(.*)$/)?.[1] ?? '') : `|${folded === '' ? field : ''}`;
  });
  return sentences('comments', path, only.join('\n').replace(/`[^`\n]*`/g, '`x`'));
};

/** The names of a file's tests and groups of tests. */
export const testNames = (path: string, source: string): Sentence[] =>
  [
    ...source.matchAll(
      /(?:\b(?:test|it|describe)(?:\.\w+(?:\([^()]*\))?)*|^[ \t]*\S*\))\(\s*(['"`])((?:\\.|(?!\1)[^\\\n])+)\1,/gm,
    ),
  ].map(({ 0: match, 2: text = '', index }) => ({
    kind: 'test names' as const,
    path,
    line: source.slice(0, index + match.length).split('\n').length,
    text,
  }));

const filesBelow = (root: string, folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((path) => !path.includes('node_modules/') && !GENERATED.includes(path))
    .sort();

/** All English of the repository below a folder: its pages, the comments of its sources, and the names of its tests. */
export const allSentences = (root: string): Sentence[] => {
  const pages = [
    ...readdirSync(root).filter((name) => name.endsWith('.md')),
    ...['docs', ...SOURCE_ROOTS].flatMap((folder) => filesBelow(root, folder)).filter((path) => path.endsWith('.md')),
  ].filter((path) => !GENERATED.includes(path));
  const sources = ['docs', ...SOURCE_ROOTS]
    .flatMap((folder) => filesBelow(root, folder))
    .filter((path) => /\.(m?ts|pml)$/.test(path));
  const read = (path: string): string => readFileSync(join(root, path), 'utf8');
  return [
    ...pages.flatMap((path) => sentencesOfPage(path, read(path))),
    ...sources.flatMap((path) => sentencesOfComments(path, read(path))),
    ...SOURCE_ROOTS.flatMap((folder) => filesBelow(root, folder))
      .filter((path) => path.endsWith('.yml'))
      .flatMap((path) => sentencesOfYaml(path, read(path))),
    ...sources.filter((path) => path.startsWith('test/')).flatMap((path) => testNames(path, read(path))),
  ];
};
