import batchGetItem from 'dynalite/actions/batchGetItem.js';
import batchWriteItem from 'dynalite/actions/batchWriteItem.js';
import createTable from 'dynalite/actions/createTable.js';
import deleteItem from 'dynalite/actions/deleteItem.js';
import deleteTable from 'dynalite/actions/deleteTable.js';
import describeTable from 'dynalite/actions/describeTable.js';
import getItem from 'dynalite/actions/getItem.js';
import listTables from 'dynalite/actions/listTables.js';
import listTagsOfResource from 'dynalite/actions/listTagsOfResource.js';
import putItem from 'dynalite/actions/putItem.js';
import query from 'dynalite/actions/query.js';
import scan from 'dynalite/actions/scan.js';
import tagResource from 'dynalite/actions/tagResource.js';
import untagResource from 'dynalite/actions/untagResource.js';
import updateItem from 'dynalite/actions/updateItem.js';
import updateTable from 'dynalite/actions/updateTable.js';
import type { ServiceFailure, Store } from 'dynalite/db/index.js';
import batchGetItemRules from 'dynalite/validations/batchGetItem.js';
import batchWriteItemRules from 'dynalite/validations/batchWriteItem.js';
import createTableRules from 'dynalite/validations/createTable.js';
import deleteItemRules from 'dynalite/validations/deleteItem.js';
import deleteTableRules from 'dynalite/validations/deleteTable.js';
import describeTableRules from 'dynalite/validations/describeTable.js';
import getItemRules from 'dynalite/validations/getItem.js';
import validations from 'dynalite/validations/index.js';
import listTablesRules from 'dynalite/validations/listTables.js';
import listTagsOfResourceRules from 'dynalite/validations/listTagsOfResource.js';
import putItemRules from 'dynalite/validations/putItem.js';
import queryRules from 'dynalite/validations/query.js';
import scanRules from 'dynalite/validations/scan.js';
import tagResourceRules from 'dynalite/validations/tagResource.js';
import untagResourceRules from 'dynalite/validations/untagResource.js';
import updateItemRules from 'dynalite/validations/updateItem.js';
import updateTableRules from 'dynalite/validations/updateTable.js';
import { AwsError } from '../http/aws-error.ts';
import { isObject } from '../json.ts';

/** What dynalite does itself: how it checks an operation's input, and how it runs it on a store. */
export const operations = {
  BatchGetItem: { run: batchGetItem, rules: batchGetItemRules },
  BatchWriteItem: { run: batchWriteItem, rules: batchWriteItemRules },
  CreateTable: { run: createTable, rules: createTableRules },
  DeleteItem: { run: deleteItem, rules: deleteItemRules },
  DeleteTable: { run: deleteTable, rules: deleteTableRules },
  DescribeTable: { run: describeTable, rules: describeTableRules },
  GetItem: { run: getItem, rules: getItemRules },
  ListTables: { run: listTables, rules: listTablesRules },
  ListTagsOfResource: { run: listTagsOfResource, rules: listTagsOfResourceRules },
  PutItem: { run: putItem, rules: putItemRules },
  Query: { run: query, rules: queryRules },
  Scan: { run: scan, rules: scanRules },
  TagResource: { run: tagResource, rules: tagResourceRules },
  UntagResource: { run: untagResource, rules: untagResourceRules },
  UpdateItem: { run: updateItem, rules: updateItemRules },
  UpdateTable: { run: updateTable, rules: updateTableRules },
} as const;

export type OperationName = keyof typeof operations;

export const isOperation = (name: string): name is OperationName => Object.hasOwn(operations, name);

const isFailure = (error: unknown): error is ServiceFailure & { body: NonNullable<ServiceFailure['body']> } =>
  error instanceof Error && 'body' in error && isObject(error.body);

/** dynalite's failure as the answer it stands for; anything else unchanged. */
export const toAwsError = (error: unknown): unknown => {
  if (!isFailure(error)) return error;
  const { __type: type, message, Message } = error.body;
  return new AwsError(type, message ?? Message ?? '');
};

/** Checks an operation's input as DynamoDB does; answers the input with its expressions parsed. */
export const checkInput = (store: Store, name: OperationName, input: unknown): Record<string, unknown> => {
  const { rules } = operations[name];
  try {
    const data = validations.checkTypes(input, rules.types);
    validations.checkValidations(data, rules.types, rules.custom, store);
    return data;
  } catch (error) {
    throw toAwsError(error);
  }
};

/** Runs a checked operation on a store. */
export const runOperation = (store: Store, name: OperationName, data: object): Promise<Record<string, unknown>> =>
  new Promise((resolve, reject) => {
    operations[name].run(store, data, (error, value) => {
      if (error) reject(toAwsError(error));
      else resolve(value ?? {});
    });
  });
