import { describe, expect, it } from 'vitest';
import * as fields from '../../../../../functions/api/fields/fields.ts';
import { parseResource } from '../../../../../functions/api/fields/parse-resource.ts';

const ID = '6a0a707c-45ef-4758-b533-e55adddba8ce';
const thing = fields.attributes({
  id: fields.uuid(),
  name: fields.text(5).nullish(),
  up: fields.bool().nullish(),
  port: fields.integer(1, 10).nullish(),
  kind: fields.oneOf(['A', 'B']).nullish(),
  address: fields.ipAddress().nullish(),
  tags: fields.tags().nullish(),
  parts: fields.listOf(fields.attributes({ subnet_id: fields.uuid() })).nullish(),
});

const parse = (body: unknown) => parseResource(body, { argument: 'a_thing', wrapper: 'thing', fields: thing });
const input = (attribute: string, value: string, reason: string) =>
  `Invalid input for field/attribute ${attribute}. Value: '${value}'. ${reason}`;

describe('a body that is checked', () => {
  it('answers the fields, normalized', () => {
    const given = { id: ID.replaceAll('-', '').toUpperCase(), up: 'Yes', port: '7', tags: ['b', 'a', 'b'], name: null };
    expect(parse({ thing: given })).toEqual({ id: ID, up: true, port: 7, tags: ['b', 'a'], name: null });
  });

  it.each([
    [undefined, 'Missing argument: "a_thing"'],
    [[], input('a_thing', '[]', 'Value should be an object')],
    [{}, input('thing', 'None', 'Mandatory field missing.')],
    [{ thing: null }, input('thing', 'None', 'Value should be an object')],
    [{ thing: { id: ID }, more: 1 }, 'Unknown attribute for argument a_thing: more'],
    [{ thing: { id: ID, x: 1, y: 2 } }, 'Unknown attributes for argument a_thing.thing: x, y'],
    [{ thing: {} }, input('id', 'None', 'Mandatory field missing.')],
    [{ thing: { id: 'x' } }, input('id', 'x', 'Value should be UUID format')],
    [
      { thing: { id: ID, name: 'sixsix' } },
      input('name', 'sixsix', 'Value should have a maximum character requirement of 5'),
    ],
    [{ thing: { id: ID, up: 'maybe' } }, input('up', 'maybe', 'Value not an unambiguous boolean')],
    [{ thing: { id: ID, up: 1.5 } }, input('up', '1.5', 'Value not an unambiguous boolean')],
    [{ thing: { id: ID, port: 11 } }, input('port', '11', 'Value should be lower or equal to 10')],
    [{ thing: { id: ID, port: 0 } }, input('port', '0', 'Value should be greater or equal to 1')],
    [{ thing: { id: ID, kind: 'C' } }, input('kind', 'C', 'Value should be one of: A, B')],
    [
      { thing: { id: ID, address: '10.0.0.256' } },
      input('address', '10.0.0.256', 'Value should be IPv4 or IPv6 format'),
    ],
    [
      { thing: { id: ID, address: 'fe80::1%eth0' } },
      input('address', 'fe80::1%eth0', 'Value should be IPv4 or IPv6 format'),
    ],
    [{ thing: { id: ID, tags: ['a', 1] } }, input('tags', '["a",1]', 'Value should be string')],
    [{ thing: { id: ID, parts: [{}] } }, input('subnet_id', 'None', 'Mandatory field missing.')],
    [{ thing: { id: ID, parts: [{ x: 1 }] } }, 'Unknown attribute for argument a_thing.thing.parts: x'],
  ])('refuses %j', (body, text) => {
    expect(() => parse(body)).toThrow(expect.objectContaining({ status: 400, message: text }));
  });

  it('counts characters, not code units', () => {
    expect(parse({ thing: { id: ID, name: '😀😀😀😀😀' } })).toMatchObject({ name: '😀😀😀😀😀' });
  });

  it('refuses a __proto__ like any other unknown attribute', () => {
    const body: unknown = JSON.parse(`{"thing":{"id":"${ID}","__proto__":{"up":true}}}`);
    expect(() => parse(body)).toThrow('Unknown attribute for argument a_thing.thing: __proto__');
  });
});
