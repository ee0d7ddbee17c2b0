import ipaddr from 'ipaddr.js';
import * as z from 'zod';
import type { FieldRule } from '../../../lib/amphora/render/fields/rule.ts';
import { normalCidr } from '../../../lib/tools/addresses.ts';

/*
 * The types that the fields of every resource are put together from. Their messages are the reasons in
 * "Invalid input for field/attribute ...". Add `.nullish()` where null and absence are allowed. What `meta` says goes
 * into the API's description.
 */

const TRUE = new Set(['true', 't', 'yes', 'y', 'on', '1']);
const FALSE = new Set(['false', 'f', 'no', 'n', 'off', '0']);

/** What a word in a query or a body says, or null when it says neither. */
export const booleanOfWord = (word: string): boolean | null => {
  const known = word.trim().toLowerCase();
  if (TRUE.has(known)) return true;
  return FALSE.has(known) ? false : null;
};

const codePoints = (text: string): number => Array.from(text).length;

/** Text of at most that many characters. */
export const text = (longest: number) =>
  z
    .string({ error: 'Value should be string' })
    .refine((value) => codePoints(value) <= longest, {
      error: `Value should have a maximum character requirement of ${longest}`,
    })
    .meta({ maxLength: longest });

/** A UUID with or without dashes, answered in lower case with dashes. */
export const uuid = () =>
  z
    .string({ error: 'Value should be UUID format' })
    .transform((value) => value.toLowerCase().replaceAll('-', ''))
    .refine((hex) => /^[0-9a-f]{32}$/.test(hex), { error: 'Value should be UUID format' })
    .transform((hex) => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'))
    .meta({ format: 'uuid' });

/** True or false, also as a whole number or as an unambiguous word. */
export const bool = () =>
  z
    .union([z.boolean(), z.number(), z.string()], { error: 'Value not an unambiguous boolean' })
    .transform((value, context) => {
      if (typeof value === 'boolean') return value;
      if (Number.isInteger(value)) return value !== 0;
      const said = booleanOfWord(String(value));
      if (said === null) context.addIssue({ code: 'custom', message: 'Value not an unambiguous boolean' });
      return said ?? false;
    })
    .meta({ description: 'true or false, also as a number or as a word: yes, no, on, off' });

/** A whole number in the range; text with digits is taken too. */
export const integer = (smallest: number, largest: number) =>
  z
    .union([z.number(), z.string().regex(/^\s*[+-]?\d+\s*$/)], { error: 'Value should be integer' })
    .transform(Number)
    .pipe(
      z
        .int({ error: 'Value should be integer' })
        .min(smallest, { error: `Value should be greater or equal to ${smallest}` })
        .max(largest, { error: `Value should be lower or equal to ${largest}` }),
    )
    .meta({ description: `a whole number from ${smallest} to ${largest}` });

/** One of the words. */
export const oneOf = <const Word extends string>(words: readonly Word[]) =>
  z.enum(words, { error: `Value should be one of: ${words.join(', ')}` });

/** An IPv4 or IPv6 address without zone, as it was written. */
export const ipAddress = () =>
  z
    .string({ error: 'Value should be IPv4 or IPv6 format' })
    .refine(
      (value) => ipaddr.IPv4.isValidFourPartDecimal(value) || (ipaddr.IPv6.isValid(value) && !value.includes('%')),
      {
        error: 'Value should be IPv4 or IPv6 format',
      },
    )
    .meta({ description: 'an IPv4 or IPv6 address' });

/** Text that the renderer takes too: what is wrong otherwise is the rule's to say. */
export const ruled = (rule: FieldRule) =>
  z.string({ error: 'Value should be string' }).superRefine((value, context) => {
    const problem = rule(value);
    if (problem !== null) context.addIssue({ code: 'custom', message: `Value ${problem}` });
  });

/** An address block in its normal form; a single address is a block of one. */
export const cidr = () =>
  z
    .string({ error: 'Value should be IPv4 or IPv6 CIDR format' })
    .transform((value, context) => {
      const block = normalCidr(value);
      if (block === null) context.addIssue({ code: 'custom', message: 'Value should be IPv4 or IPv6 CIDR format' });
      return block ?? value;
    })
    .meta({ description: 'an address block; a single address is a block of one' });

/** A list of such things. */
export const listOf = <Item extends z.ZodType>(item: Item) => z.array(item, { error: 'Value should be a list' });

/** A list of texts, each once. */
export const tags = () => listOf(text(255)).transform((values): readonly string[] => [...new Set(values)]);

/** Texts by names, as headers are given. */
export const textMap = (longest: number) =>
  z.preprocess(
    (value, context) => {
      // zod drops this name without a word.
      if (typeof value === 'object' && value !== null && Object.hasOwn(value, '__proto__')) {
        context.addIssue({ code: 'custom', message: 'Value has the unknown name __proto__' });
      }
      return value;
    },
    z.record(z.string(), text(longest), { error: 'Value should be a mapping' }),
  );

/** A field that is checked elsewhere or not at all. */
export const anything = () => z.unknown();

/** An object with these fields and no others. */
export const attributes = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, { error: 'Value should be an object' });
