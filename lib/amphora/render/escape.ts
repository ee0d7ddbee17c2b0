import { type SafeText, safeText } from './text.ts';

/**
 * How haproxy reads one argument: a backslash takes the meaning from a space, a backslash, a hash and both quotes, and
 * `\xNN` is one byte. Everything else that is not printable ASCII goes as `\xNN`, byte by byte in UTF-8.
 */
const MEANINGFUL = new Set([' ', '\\', '#', '"', "'"]);
const PLAIN = /^[!$-&(-[\]-~]*$/;
/** The agent strips "<white space>group<white space>" and all that follows on the line before it stores the text. */
const GROUP = /(^|[\s])g(?=roup)/g;

const encodeByte = (byte: number): string => {
  const character = String.fromCharCode(byte);
  if (MEANINGFUL.has(character)) return `\\${character}`;
  return byte > 0x20 && byte < 0x7f ? character : `\\x${byte.toString(16).padStart(2, '0')}`;
};

/** One argument of a directive that haproxy reads back as exactly the bytes of `value`. */
export const haproxyArgument = (value: string): SafeText => {
  const escaped = PLAIN.test(value) ? value : Array.from(Buffer.from(value, 'utf8'), encodeByte).join('');
  return safeText(escaped.includes('group') ? escaped.replace(GROUP, '$1\\x67') : escaped);
};

/**
 * An argument within the parentheses of a sample fetch. From haproxy 2.2 on, quotes and backslashes are read a second
 * time there, so that they carry a backslash of their own.
 */
export const fetchArgument = (value: string, readTwice: boolean): SafeText =>
  haproxyArgument(readTwice ? value.replace(/[\\'"]/g, '\\$&') : value);

/** Literal text within a log-format string. */
export const logFormatText = (value: string): SafeText => haproxyArgument(value.replaceAll('%', '%%'));

const URI_PLAIN = /^[A-Za-z0-9%\-._/?&=:@,;+*()]$/;

/**
 * A request path as keepalived reads it. Its escapes differ between places and versions, so what could mean anything
 * to it is percent-encoded: `#` and `!` (comments), quotes, `$`, `~`, braces, backslash and all beyond ASCII.
 */
export const percentEncodedPath = (value: string): SafeText =>
  safeText(
    Array.from(Buffer.from(value, 'utf8'), (byte) => {
      const character = String.fromCharCode(byte);
      return URI_PLAIN.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    }).join(''),
  );
