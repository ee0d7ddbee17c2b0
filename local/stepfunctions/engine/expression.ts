import type { Json, JsonObject } from '../../json.ts';
import { FlowError } from './errors.ts';
import { format, intrinsics } from './intrinsics.ts';
import { readPath } from './path.ts';

type Expression =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'text'; readonly raw: string }
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] };

const tokens =
  /\s*(?:(?<call>States\.[A-Za-z0-9]+)\s*\(|'(?<text>(?:[^'\\]|\\.)*)'|(?<path>\$(?:\$)?(?:[^\s,()'[\]]|\[(?:'(?:[^'\\]|\\.)*'|[^\]])*\])*)|(?<value>true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?<mark>[,)]))/y;

const broken = (source: string, position: number): FlowError =>
  new FlowError('States.IntrinsicFailure', `"${source}" is not an intrinsic function call (at ${position}).`);

const parseCall = (source: string): Expression => {
  let position = 0;
  const next = (): Record<string, string | undefined> => {
    tokens.lastIndex = position;
    const match = tokens.exec(source);
    if (!match?.groups) throw broken(source, position);
    position = tokens.lastIndex;
    return match.groups;
  };
  const expression = (token: Record<string, string | undefined>): Expression => {
    if (token.path !== undefined) return { kind: 'path', path: token.path };
    if (token.text !== undefined) return { kind: 'text', raw: token.text };
    if (token.value !== undefined) return { kind: 'value', value: JSON.parse(token.value) };
    if (token.call === undefined) throw broken(source, position);
    const args: Expression[] = [];
    let token2 = next();
    while (token2.mark !== ')') {
      args.push(expression(token2));
      token2 = next();
      if (token2.mark === ',') token2 = next();
      else if (token2.mark !== ')') throw broken(source, position);
    }
    return { kind: 'call', name: token.call, args };
  };
  const whole = expression(next());
  if (source.slice(position).trim() !== '') throw broken(source, position);
  return whole;
};

const parsed = new Map<string, Expression>();

/** Parses what may stand behind a key that ends in `.$`: a path or a call of an intrinsic function. */
export const parseExpression = (source: string): Expression => {
  const known = parsed.get(source);
  if (known) return known;
  const fresh: Expression = source.startsWith('$') ? { kind: 'path', path: source } : parseCall(source);
  if (fresh.kind === 'call' && !Object.hasOwn(intrinsics, fresh.name)) throw broken(source, 0);
  parsed.set(source, fresh);
  return fresh;
};

const evaluateExpression = (expression: Expression, input: Json, context: JsonObject): Json => {
  if (expression.kind === 'path') return readPath(expression.path, input, context, 'States.ParameterPathFailure');
  if (expression.kind === 'text') return expression.raw.replace(/\\(.)/g, '$1');
  if (expression.kind === 'value') return expression.value;
  const [first, ...rest] = expression.args;
  if (expression.name === 'States.Format' && first) {
    const template = first.kind === 'text' ? first.raw : evaluateExpression(first, input, context);
    if (typeof template !== 'string') throw broken('States.Format', 0);
    return format(
      template,
      rest.map((arg) => evaluateExpression(arg, input, context)),
    );
  }
  const call = intrinsics[expression.name];
  if (!call) throw broken(expression.name, 0);
  return call(expression.args.map((arg) => evaluateExpression(arg, input, context)));
};

/** The value of a path or an intrinsic function call. */
export const evaluate = (source: string, input: Json, context: JsonObject): Json =>
  evaluateExpression(parseExpression(source), input, context);

/** A payload template (Parameters, ItemSelector, ResultSelector) filled from the input and the context object. */
export const fillTemplate = (template: Json, input: Json, context: JsonObject): Json => {
  if (Array.isArray(template)) return template.map((item) => fillTemplate(item, input, context));
  if (typeof template !== 'object' || template === null) return template;
  const filled: JsonObject = {};
  for (const [key, value] of Object.entries(template)) {
    if (key.endsWith('.$') && typeof value === 'string') filled[key.slice(0, -2)] = evaluate(value, input, context);
    else filled[key] = fillTemplate(value, input, context);
  }
  return filled;
};
