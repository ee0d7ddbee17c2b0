import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { INDEXES, listKeys, loadBalancerKey, RowType } from '../../../lib/repositories/table/keys.ts';
import { readDefinitions } from '../../../local/definitions/definitions.ts';

const { table } = readDefinitions({
  file: resolve(import.meta.dirname, '../../../serverless.yml'),
  stage: 'test',
  environment: {},
});
const attributesOf = (schema: readonly { readonly AttributeName: string }[]) => schema.map((key) => key.AttributeName);

test('the table has the keys that rows are written with', () => {
  expect(attributesOf(table.KeySchema)).toEqual(Object.keys(loadBalancerKey('1')));
});

test('the table has the indexes that are queried, with the keys that rows carry', () => {
  const indexes = (table.GlobalSecondaryIndexes ?? []).map((index) => [index.IndexName, attributesOf(index.KeySchema)]);
  expect(Object.fromEntries(indexes)).toEqual({
    [INDEXES.BY_PROJECT]: ['project_key', 'sort_key'],
    [INDEXES.BY_TYPE]: ['type_key', 'sort_key'],
    [INDEXES.BY_WORK]: ['work_key', 'work_at'],
  });
  const carried = Object.keys(listKeys(RowType.LOAD_BALANCER, 'p', 't', '1'));
  expect(carried.sort()).toEqual(['project_key', 'sort_key', 'type_key']);
});
