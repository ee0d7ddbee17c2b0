import { expect, it } from 'vitest';
import { columns, pairs } from '../../../../cli/output/columns.ts';
import { wantsColors } from '../../../../cli/output/terminal.ts';

const plain = { style: (_style: string, text: string) => text };
const marked = { style: (style: string, text: string) => `<${style}>${text}</>` };

it('columns are as wide as they need, and an empty cell is a dash', () => {
  const rows = [
    ['lb1', 'ACTIVE', 3],
    ['東京', null, 10],
  ];
  expect(columns(plain, ['NAME', 'STATUS', 'COUNT'], rows)).toBe(
    ['NAME  STATUS  COUNT', 'lb1   ACTIVE  3', '東京  -       10', ''].join('\n'),
  );
  expect(columns(plain, ['NAME'], [])).toBe('');
  expect(pairs(plain, [['id', 'x']])).toBe('id  x\n');
});

it('statuses have their color, and cells no control characters', () => {
  const text = columns(marked, [], [['ERROR', 'PENDING_UPDATE', '\u001b[31mACTIVE']]);
  expect(text).toContain('<red>ERROR</>');
  expect(text).toContain('<yellow>PENDING_UPDATE</>');
  expect(text).toContain('\\u001b[31mACTIVE');
});

it('colors are for terminals, unless NO_COLOR says otherwise', () => {
  expect(wantsColors({}, true)).toBe(true);
  expect(wantsColors({ NO_COLOR: '' }, true)).toBe(true);
  expect(wantsColors({ NO_COLOR: '1' }, true)).toBe(false);
  expect(wantsColors({ TERM: 'dumb' }, true)).toBe(false);
  expect(wantsColors({}, false)).toBe(false);
});
