import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import { ServiceFileError } from './errors.ts';
import { type Piece, parsePieces, type Source, type Variable } from './variable-syntax.ts';

export interface VariableOptions {
  /** The service file as it was read. */
  readonly service: Json;
  readonly stage: string;
  readonly region: string;
  /** Options of the command line. */
  readonly options: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly parameters: Readonly<Record<string, string>>;
  readonly accountId: string;
  /** A file's parsed content, null when there is none. */
  readonly readFile: (path: string) => Json | null;
}

/** Fills in every variable of a value, at any depth. */
export type Resolve = (value: Json) => Json;

/**
 * Variables of the service file: `self`, `file`, `env`, `param`, `opt`, `sls`, `aws:region` and `aws:accountId`, with fallbacks
 * and with variables inside variables. Fails with ServiceFileError for one that has no value.
 */
export const createResolve = (options: VariableOptions): Resolve => {
  const active: string[] = [];

  const walk = (root: Json, address: string): Json | undefined => {
    let value: Json | undefined = root;
    for (const key of address === '' ? [] : address.split('.')) {
      // A variable on the way is filled in, the rest is left for later: that is what lets a file name its own parts.
      const here: Json | undefined = typeof value === 'string' ? resolve(value) : value;
      if (Array.isArray(here)) value = here[Number(key)];
      else value = isJsonObject(here) && Object.hasOwn(here, key) ? here[key] : undefined;
      if (value === undefined) return undefined;
    }
    return value;
  };

  const text = (pieces: readonly Piece[]): string => {
    const value = fill(pieces);
    if (typeof value === 'object') throw new ServiceFileError(`${JSON.stringify(value)} cannot stand inside text.`);
    return String(value);
  };

  const sls: Readonly<Record<string, string>> = { stage: options.stage, instanceId: 'local' };
  const aws: Readonly<Record<string, string>> = { region: options.region, accountId: options.accountId };

  const look = (source: Extract<Source, { kind: 'lookup' }>): Json | undefined => {
    const address = text(source.address);
    switch (source.type) {
      case 'self':
        return walk(options.service, address);
      case 'file': {
        const content = options.readFile(text(source.parameter ?? []));
        return content === null ? undefined : walk(content, address);
      }
      case 'env':
        return options.environment[address];
      case 'param':
        return options.parameters[address];
      case 'opt':
        return options.options[address];
      case 'sls':
        return sls[address];
      case 'aws':
        return aws[address];
      default:
        throw new ServiceFileError(`Variables of type "${source.type}" cannot be filled in without an AWS account.`);
    }
  };

  const fillVariable = (variable: Variable): Json => {
    if (active.length > 100) throw new ServiceFileError(`${variable.text} leads back to itself.`);
    active.push(variable.text);
    try {
      for (const source of variable.sources) {
        if (source.kind === 'literal') return Array.isArray(source.value) ? fill(source.value) : toScalar(source.value);
        const value = look(source);
        if (value !== undefined && value !== null) return resolve(value);
      }
    } finally {
      active.pop();
    }
    throw new ServiceFileError(`${variable.text} has no value.`);
  };

  const fill = (pieces: readonly Piece[]): Json => {
    const [first, ...rest] = pieces;
    if (first === undefined) return '';
    if (rest.length === 0) return typeof first === 'string' ? first : fillVariable(first);
    return pieces.map((piece) => (typeof piece === 'string' ? piece : text([piece]))).join('');
  };

  const resolve: Resolve = (value) => {
    if (typeof value === 'string') return value.includes('${') ? fill(parsePieces(value)) : value;
    if (Array.isArray(value)) return value.map(resolve);
    if (!isJsonObject(value)) return value;
    const filled: JsonObject = {};
    for (const [key, child] of Object.entries(value)) filled[key] = resolve(child);
    return filled;
  };
  return resolve;
};

const toScalar = (value: unknown): Json =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
