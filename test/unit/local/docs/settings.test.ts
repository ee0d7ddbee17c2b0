import { expect, test } from 'vitest';
import { documentedSettings, readSettings } from '../../../../local/docs/settings.ts';

test('reads kinds, defaults and what is required', () => {
  const source = `
    a: text('NAME'), b: text('ZONE', 'UTC'), c: integer('WAIT_MS', 30_000, 1), d: flag('STRICT', false),
    e: oneOf('TOPOLOGY', ['SINGLE', 'ACTIVE_STANDBY'], 'SINGLE'), f: optional('MAYBE'), g: list('MANY'), h: list('MANY'),`;
  const read = readSettings(source).map(({ name, fallback, required }) => [name, fallback, required]);
  expect(read).toEqual([
    ['NAME', null, true],
    ['ZONE', 'UTC', false],
    ['WAIT_MS', '30000', false],
    ['STRICT', 'false', false],
    ['TOPOLOGY', 'SINGLE', false],
    ['MAYBE', null, false],
    ['MANY', null, false],
  ]);
});

test('reads the rows of a settings table and no others', () => {
  const page =
    '| setting | default | meaning |\n|---|---|---|\n| `ZONE` | `UTC` | zone |\n| `NAME` | required | name |\n| `a` | b | c |';
  expect([...documentedSettings(page)]).toEqual([
    ['ZONE', 'UTC'],
    ['NAME', 'required'],
  ]);
});
