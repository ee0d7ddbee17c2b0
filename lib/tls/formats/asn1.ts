import { type AsnType, Constructed, fromBER, Integer, ObjectIdentifier, OctetString, Primitive } from 'asn1js';

const CONTEXT_SPECIFIC = 3;
/** Far beyond what a secret of the key manager can hold in earnest. */
const LIMITS = { maxDepth: 64, maxNodes: 20_000 };

/** One element of a BER or DER text. */
export type Asn1 = AsnType;

const refuse = (wanted: string): never => {
  throw new Error(`ASN.1: no ${wanted} where there must be one`);
};

/** The one element that the bytes are. @throws Error */
export const readAsn1 = (bytes: Uint8Array): Asn1 => {
  const { offset, result } = fromBER(bytes, LIMITS);
  return offset === bytes.byteLength ? result : refuse('well-formed element');
};

/** What a SEQUENCE, SET or constructed tag holds. @throws Error */
export const elementsOf = (element: Asn1 | undefined): readonly Asn1[] =>
  element instanceof Constructed ? element.valueBlock.value : refuse('SEQUENCE');

/** In dots. @throws Error */
export const identifierOf = (element: Asn1 | undefined): string =>
  element instanceof ObjectIdentifier ? element.getValue() : refuse('OBJECT IDENTIFIER');

/** A count of something: 1 or more. @throws Error another number, or none that can be counted with */
export const countOf = (element: Asn1 | undefined): number => {
  const value = element instanceof Integer ? Number(element.toBigInt()) : Number.NaN;
  return Number.isSafeInteger(value) && value >= 1 ? value : refuse('positive INTEGER');
};

/** The bytes of an OCTET STRING, or of the pieces of a tag that stands for one. @throws Error */
export const octetsOf = (element: Asn1 | undefined): Uint8Array => {
  if (element instanceof OctetString) return new Uint8Array(element.getValue());
  if (element instanceof Primitive) return element.valueBlock.valueHexView;
  return Buffer.concat(elementsOf(element).map(octetsOf));
};

/** The element with the context-specific tag `[number]`. */
export const tagged = (elements: readonly Asn1[], number: number): Asn1 | undefined =>
  elements.find(({ idBlock }) => idBlock.tagClass === CONTEXT_SPECIFIC && idBlock.tagNumber === number);

/** What stands in an explicit `[number]`. @throws Error */
export const inside = (elements: readonly Asn1[], number: number): Asn1 =>
  elementsOf(tagged(elements, number))[0] ?? refuse(`[${number}]`);

/** The element as it was written, with tag and length. */
export const encodingOf = (element: Asn1): Uint8Array => element.valueBeforeDecodeView;
