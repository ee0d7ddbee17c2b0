/** The deepest body upstream takes, a load balancer with all that hangs on it, has some 12 levels. */
export const MOST_LEVELS = 32;
/** A body of members only, as large as a body may be, has some 6,000. */
export const MOST_VALUES = 20_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/**
 * False for JSON that nests deeper or holds more values than any request needs: parsing and checking it could cost more than
 * its bytes suggest. Text that is no JSON may pass.
 */
export const isBoundedJson = (bytes: Uint8Array): boolean => {
  let level = 0;
  let values = 1;
  let inText = false;
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i] ?? 0;
    if (inText) {
      if (byte === BACKSLASH) i += 1;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if (OPENING.has(byte)) level += 1;
    else if (CLOSING.has(byte)) level -= 1;
    else if (byte === COMMA) values += 1;
    if (level > MOST_LEVELS || values > MOST_VALUES) return false;
  }
  return true;
};
