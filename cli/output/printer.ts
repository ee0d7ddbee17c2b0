import { stringify } from 'yaml';
import { safeJson, safeText } from './safe-text.ts';
import type { Terminal } from './terminal.ts';

export const FORMATS = ['table', 'json', 'yaml'] as const;
export type Format = (typeof FORMATS)[number];

/** The same with every text safe, for YAML, whose plain texts have no escapes. */
const safeValue = (value: unknown): unknown => {
  if (typeof value === 'string') return safeText(value);
  if (Array.isArray(value)) return value.map(safeValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [safeText(key), safeValue(inner)]));
};

/** How a command shows what it found. */
export interface Printer {
  readonly format: Format;
  /** The whole answer: `value` as JSON or YAML, or `text` for a person. */
  show(value: unknown, text: () => string): void;
  /** One of many as they come: a line of JSON, a document of YAML, or `text`. */
  showNext(value: unknown, text: () => string): void;
  /** For a person only. */
  tell(text: string): void;
}

export const printer = (format: Format, terminal: Pick<Terminal, 'write'>): Printer => ({
  format,
  show(value, text) {
    if (format === 'json') terminal.write(`${safeJson(value, 2)}\n`);
    else if (format === 'yaml') terminal.write(stringify(safeValue(value)));
    else terminal.write(text());
  },
  showNext(value, text) {
    if (format === 'json') terminal.write(`${safeJson(value)}\n`);
    else if (format === 'yaml') terminal.write(`---\n${stringify(safeValue(value))}`);
    else terminal.write(text());
  },
  tell(text) {
    if (format === 'table') terminal.write(text);
  },
});
