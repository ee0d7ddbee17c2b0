import { describe, expect, it } from 'vitest';
import { safeJson, safeLines, safeText } from '../../../../cli/output/safe-text.ts';

const HOSTILE = 'a\u001b[2Jb\u0007\u009b31m\u202ec\nd';

describe('text of a server', () => {
  it('reaches the terminal without a character that it would obey', () => {
    expect(safeText(HOSTILE)).toBe('a\\u001b[2Jb\\u0007\\u009b31m\\u202ec\\u000ad');
    expect(safeText('Zürich, 東京, ok')).toBe('Zürich, 東京, ok');
  });

  it('is cut where it is endless', () => {
    expect(safeText('x'.repeat(10_000))).toHaveLength(4_003);
  });

  it('keeps its lines where it has some', () => {
    expect(safeLines('one\r\ntwo\u001b')).toEqual(['one', 'two\\u001b']);
  });

  it('is the same value as JSON, on one line and on several', () => {
    const value = { name: HOSTILE, list: [1, null, '\u007f'] };
    for (const json of [safeJson(value), safeJson(value, 2)]) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
      expect(json.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
      expect(JSON.parse(json)).toEqual(value);
    }
  });
});
