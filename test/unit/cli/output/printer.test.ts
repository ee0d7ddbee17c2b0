import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Format, printer } from '../../../../cli/output/printer.ts';

const shown = (format: Format, value: unknown): string => {
  let written = '';
  const out = printer(format, {
    write: (text) => {
      written += text;
    },
  });
  out.show(value, () => 'a table\n');
  out.tell('for a person\n');
  return written;
};

it('shows the value as JSON or YAML, or a table with the lines for a person', () => {
  const value = { id: 'x', list: [1, 2] };
  expect(JSON.parse(shown('json', value))).toEqual(value);
  expect(parse(shown('yaml', value))).toEqual(value);
  expect(shown('table', value)).toBe('a table\nfor a person\n');
});

it('shows no control character in YAML', () => {
  expect(shown('yaml', { name: 'a\u001b[2J\u009bb' })).toBe('name: a\\u001b[2J\\u009bb\n');
});
