import type { Store } from 'dynalite/db/index.js';
import { AwsError } from '../http/aws-error.ts';
import { isObject } from '../json.ts';
import { isConflict } from './conflicts.ts';
import { keyOf, readTable } from './items.ts';
import type { Locks } from './locks.ts';
import { isConditionFailure, wantsOldItem, writeItem } from './writes.ts';

const NAME = '"([^"]+)"';
const UPDATE = new RegExp(`^UPDATE ${NAME}((?: SET ${NAME} = (?:${NAME} \\+ )?\\?)+) WHERE (.+)$`);
const SET = new RegExp(`SET ${NAME} = (?:${NAME} \\+ )?\\?`, 'g');
const CONDITION = new RegExp(`^${NAME} (=|<>|<=|>=|<|>) \\?$`);
const AT_ONCE = 25;

const invalid = (message: string): AwsError => new AwsError('com.amazon.coral.validate#ValidationException', message);

/** UpdateItem's input for `UPDATE "table" SET "a" = ? SET "b" = "b" + ? WHERE "key" = ? AND "c" < ?`. @throws AwsError */
const updateOf = async (store: Store, statement: Record<string, unknown>) => {
  const { Statement: text, Parameters: given } = statement;
  const [, table = '', sets = '', , , where = ''] = UPDATE.exec(String(text)) ?? [];
  if (table === '') throw invalid(`This stack knows no statement like ${text}`);
  const values = Array.isArray(given) ? [...given] : [];
  const names: Record<string, string> = {};
  const parameters: Record<string, unknown> = {};
  const named = (attribute: string): string => {
    const name = `#n${Object.keys(names).length}`;
    names[name] = attribute;
    return name;
  };
  const next = (): string => {
    if (values.length === 0) throw invalid('Number of parameters does not match the statement.');
    const name = `:v${Object.keys(parameters).length}`;
    parameters[name] = values.shift();
    return name;
  };
  const changes = [...sets.matchAll(SET)].map(([, attribute = '', added]) => {
    const name = named(attribute);
    return added === undefined ? `${name} = ${next()}` : `${name} = ${named(added)} + ${next()}`;
  });
  const { KeySchema } = await readTable(store, table);
  const keys = new Set(KeySchema.map(({ AttributeName }) => AttributeName));
  const Key: Record<string, unknown> = {};
  const conditions: string[] = [];
  for (const part of where.split(' AND ')) {
    const [, attribute = '', is = ''] = CONDITION.exec(part) ?? [];
    if (attribute === '') throw invalid(`This stack knows no condition like ${part}`);
    if (keys.has(attribute)) {
      conditions.push(`attribute_exists(${named(attribute)})`);
      Key[attribute] = values.shift();
    } else conditions.push(`${named(attribute)} ${is} ${next()}`);
  }
  if (values.length > 0) throw invalid('Number of parameters does not match the statement.');
  return {
    TableName: table,
    Key,
    UpdateExpression: `SET ${changes.join(', ')}`,
    ConditionExpression: conditions.join(' AND '),
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: parameters,
    ...(wantsOldItem(statement) && { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
  };
};

const codeOf = (error: AwsError): string => {
  if (isConditionFailure(error)) return 'ConditionalCheckFailed';
  return isConflict(error) ? 'TransactionConflict' : 'ValidationError';
};

const run = async (store: Store, locks: Locks, update: { readonly TableName: string }): Promise<object> => {
  const { TableName } = update;
  try {
    await writeItem(store, locks, 'UpdateItem', update);
    return { TableName };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { TableName, Error: { Code: codeOf(error), Message: error.message, ...error.fields } };
  }
};

/** BatchExecuteStatement, of updates alone. */
export const executeBatch = async (store: Store, locks: Locks, input: unknown): Promise<unknown> => {
  const statements = isObject(input) && Array.isArray(input.Statements) ? input.Statements.filter(isObject) : [];
  if (statements.length === 0 || statements.length > AT_ONCE) throw invalid(`A batch has 1 to ${AT_ONCE} statements.`);
  const updates = await Promise.all(statements.map((statement) => updateOf(store, statement)));
  const rows = await Promise.all(updates.map(async (update) => (await keyOf(store, update))?.lock));
  if (new Set(rows).size < rows.length) throw invalid('Provided list of item keys contains duplicates');
  return { Responses: await Promise.all(updates.map((update) => run(store, locks, update))) };
};
