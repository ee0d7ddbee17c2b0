import { expect, it } from 'vitest';
import { remediesIn, remedyFor } from '../../../../cli/explain/remedies.ts';
import * as cloud from '../../../../lib/errors/cloud.ts';

it('the table of errors of a page is read row by row, as plain text', () => {
  const page = [
    '## Before\n\n| `OtherError` | x | y |\n\n## Errors\n\n| `error_name` | what it is | what helps |\n|---|---|---|',
    '| `OneError`, `TwoError` | it did not answer [in time](a.md#b) | `AMP_FLAVOR_ID` |\n\n## After',
    '| `LateError` | x | y |',
  ].join('\n');
  const one = { what: 'it did not answer in time', helps: 'AMP_FLAVOR_ID' };
  const known = remediesIn(page);
  expect(known.get('OneError')).toEqual(one);
  expect(known.get('TwoError')).toEqual(one);
  expect(known.has('OtherError')).toBe(false);
  expect(known.has('LateError')).toBe(false);
});

it.each([...Object.keys(cloud), 'ExecutionLost', 'States.Timeout'])(
  'docs/operations.md says what helps against %s',
  (name) => {
    expect(remedyFor(name)).toEqual({ what: expect.stringMatching(/./), helps: expect.stringMatching(/./) });
  },
);

it('an error without a row has no remedy', () => {
  expect(remedyFor('constructor')).toBeNull();
});
