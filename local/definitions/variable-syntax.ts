import { ServiceFileError } from './errors.ts';

/** Text in which variables stand: literal pieces and variables in turn. */
export type Piece = string | Variable;

/** `${first, second, ...}`: the first source that has a value is the variable's value. */
export interface Variable {
  readonly text: string;
  readonly sources: readonly Source[];
}

export type Source =
  | { readonly kind: 'literal'; readonly value: readonly Piece[] | number | boolean | null }
  | {
      readonly kind: 'lookup';
      readonly type: string;
      /** What stands in parentheses: `file(<parameter>)`. */
      readonly parameter: readonly Piece[] | null;
      /** What stands behind the colon. */
      readonly address: readonly Piece[];
    };

/** Where the `}` that closes the variable opened before `from` stands; -1 when there is none. */
const findEnd = (text: string, from: number): number => {
  let quote: string | null = null;
  for (let at = from; at < text.length; at += 1) {
    const letter = text.charAt(at);
    if (text.startsWith('${', at)) {
      const end = findEnd(text, at + 2);
      if (end < 0) return -1;
      at = end;
    } else if (quote !== null) {
      if (letter === quote) quote = null;
    } else if (letter === "'" || letter === '"') quote = letter;
    else if (letter === '}') return at;
  }
  return -1;
};

const splitSources = (content: string): string[] => {
  const parts: string[] = [''];
  let quote: string | null = null;
  for (let at = 0; at < content.length; at += 1) {
    let piece = content.charAt(at);
    if (content.startsWith('${', at)) {
      piece = content.slice(at, findEnd(content, at + 2) + 1);
      at += piece.length - 1;
    } else if (quote !== null) {
      if (piece === quote) quote = null;
    } else if (piece === "'" || piece === '"') quote = piece;
    else if (piece === ',') {
      parts.push('');
      continue;
    }
    parts.push(`${parts.pop() ?? ''}${piece}`);
  }
  return parts.map((part) => part.trim());
};

const lookup = /^(?<type>[A-Za-z][\w-]*)(?:\((?<parameter>[\s\S]*?)\))?(?::(?<address>[\s\S]*))?$/;
const number = /^-?\d+(\.\d+)?$/;

const parseSource = (text: string, whole: string): Source => {
  const quoted = /^'([\s\S]*)'$|^"([\s\S]*)"$/.exec(text);
  if (quoted) return { kind: 'literal', value: parsePieces(quoted[1] ?? quoted[2] ?? '') };
  if (number.test(text)) return { kind: 'literal', value: Number(text) };
  if (text === 'true' || text === 'false') return { kind: 'literal', value: text === 'true' };
  if (text === 'null') return { kind: 'literal', value: null };
  const { type, parameter, address } = lookup.exec(text)?.groups ?? {};
  if (type === undefined || (parameter === undefined && address === undefined)) {
    throw new ServiceFileError(`${whole}: "${text}" is not a source of a variable.`);
  }
  return {
    kind: 'lookup',
    type,
    parameter: parameter === undefined ? null : parsePieces(parameter),
    address: parsePieces(address ?? ''),
  };
};

/** `${AWS::Region}` and `${Table.Arn}` belong to CloudFormation: a variable names a type before a colon or a parenthesis. */
const isVariable = (content: string): boolean => /^\s*([A-Za-z][\w-]*(\(|:(?!:)))/.test(content);

/** Splits text into literal pieces and variables. Fails with ServiceFileError for a variable that cannot be read. */
export const parsePieces = (text: string): Piece[] => {
  const pieces: Piece[] = [];
  let literal = '';
  let at = 0;
  while (at < text.length) {
    const end = text.startsWith('${', at) ? findEnd(text, at + 2) : -1;
    const content = end < 0 ? '' : text.slice(at + 2, end);
    if (end < 0 || !isVariable(content)) {
      literal += text.charAt(at);
      at += 1;
      continue;
    }
    if (literal !== '') pieces.push(literal);
    literal = '';
    const whole = text.slice(at, end + 1);
    pieces.push({ text: whole, sources: splitSources(content).map((source) => parseSource(source, whole)) });
    at = end + 1;
  }
  if (literal !== '') pieces.push(literal);
  return pieces;
};
