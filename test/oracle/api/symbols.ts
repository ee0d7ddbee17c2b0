import { createHash } from 'node:crypto';

/**
 * Names for what each side chooses by itself: ids, addresses. A request refers to it as «name»; answers are compared
 * with each value replaced by its name.
 */
export class Symbols {
  readonly #values = new Map<string, string>();
  readonly #names = new Map<string, string>();

  name(name: string, value: string): void {
    if (this.#names.has(value)) return;
    this.#values.set(name, value);
    this.#names.set(value, name);
  }

  has(value: string): boolean {
    return this.#names.has(value);
  }

  /** The text with every reference resolved; what is not known is the id of nothing. */
  resolve(text: string): string {
    return text.replace(REFERENCE, (_all, name: string) => this.#values.get(name) ?? idOfNothing(name));
  }

  /** The text with every known value as its name, every other id and every time as what they are. */
  normalize(text: string): string {
    return text
      .replace(VALUE, (value) => {
        const name = this.#names.get(value);
        if (name !== undefined) return reference(name);
        return UUID.test(value) && !value.startsWith(FIXED) ? '<id>' : value;
      })
      .replace(TIME, '<time>');
  }
}

const REFERENCE = /«([^»]*)»/g;
const VALUE = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|10\.[12]\.0\.1\d\d\b|2001:db8:1::1[0-9a-f]{2}\b/g;
const UUID = /^[0-9a-f]{8}-/;
/** Ids of the world. */
const FIXED = '00000000-';
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?/g;

export const idOfNothing = (name: string): string => {
  const hex = createHash('sha256').update(name).digest('hex');
  return `00000000-${hex.slice(0, 4)}-4${hex.slice(4, 7)}-8${hex.slice(7, 10)}-${hex.slice(10, 22)}`;
};

export const reference = (name: string): string => `«${name}»`;

type Fields = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What tells an object from its siblings, whichever side made it. */
const keyOf = (object: Fields): string | null => {
  if ('protocol_port' in object && 'address' in object) return `${object.address}:${object.protocol_port}`;
  for (const field of ['name', 'protocol_port', 'position', 'value', 'delay']) {
    if (object[field] !== undefined && object[field] !== '') return String(object[field]);
  }
  return null;
};
/** Members, monitors, policies and rules are siblings of those with the same parent. */
const isBelow = (object: Fields): boolean => ['address', 'delay', 'position', 'value'].some((field) => field in object);

/**
 * Names what an answer has chosen, each by its place.
 * @param place of the request: its number, or a pool's members
 * @param above the key of what it is in
 */
export const learn = (symbols: Symbols, place: string, body: unknown, above = ''): void => {
  if (Array.isArray(body)) for (const each of body) learn(symbols, place, each, above);
  if (!isRecord(body)) return;
  const { id } = body;
  const key = keyOf(body);
  const name = [place, ...(isBelow(body) && above !== '' ? [above] : []), key].join('|');
  // A name is part of paths.
  if (typeof id === 'string' && key !== null && !symbols.has(id)) symbols.name(name.replaceAll('/', '|'), id);
  for (const value of Object.values(body)) learn(symbols, place, value, key ?? above);
};

/** Names the object that a POST has made, its port and its addresses. */
export const learnCreated = (symbols: Symbols, place: string, body: unknown): void => {
  if (!isRecord(body)) return;
  const [object] = Object.values(body);
  if (!isRecord(object)) return;
  if (typeof object.id === 'string') symbols.name(place, object.id);
  for (const field of ['vip_port_id', 'vip_address']) {
    if (typeof object[field] === 'string') symbols.name(`${place}.${field}`, object[field]);
  }
  const further = Array.isArray(object.additional_vips) ? object.additional_vips : [];
  for (const [index, vip] of further.entries()) {
    if (isRecord(vip) && typeof vip.ip_address === 'string') symbols.name(`${place}.vip${index}`, vip.ip_address);
  }
  learn(symbols, place, object);
};
