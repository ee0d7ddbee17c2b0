/** What some JSON may hold. */
export interface JsonBounds {
  /** Levels of lists and objects. */
  readonly levels: number;
  /** Values in all. */
  readonly values: number;
  /** Whether there may be lists. */
  readonly lists: boolean;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const LIST = 0x5b;
const LIST_END = 0x5d;
const OBJECT = 0x7b;
const OBJECT_END = 0x7d;

/**
 * False for JSON beyond the bounds: parsing and checking it could cost a hundred times what its bytes suggest. Text that is
 * no JSON may pass.
 */
export const isBoundedJson = (bytes: Uint8Array, { levels, values, lists }: JsonBounds): boolean => {
  let level = 0;
  let count = 1;
  let inText = false;
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i];
    if (inText) {
      if (byte === BACKSLASH) i += 1;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if (byte === COMMA) count += 1;
    else if (byte === OBJECT || byte === LIST) {
      level += 1;
      if (level > levels || (byte === LIST && !lists)) return false;
    } else if (byte === OBJECT_END || byte === LIST_END) level -= 1;
  }
  return count <= values;
};
