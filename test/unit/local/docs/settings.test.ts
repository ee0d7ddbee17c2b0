import { expect, test } from 'vitest';
import { documentedSettings } from '../../../../local/docs/settings.ts';

test('reads the rows of a settings table and no others', () => {
  const page =
    '| setting | default | meaning |\n|---|---|---|\n| `ZONE` | `UTC` | zone |\n| `NAME` | required | name |\n| `a` | b | c |';
  expect([...documentedSettings(page)]).toEqual([
    ['ZONE', { fallback: 'UTC', meaning: 'zone' }],
    ['NAME', { fallback: 'required', meaning: 'name' }],
  ]);
});
