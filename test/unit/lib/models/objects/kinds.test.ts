import { expect, test } from 'vitest';
import { missingChild } from '../../../../../lib/errors/not-found.ts';
import { CHILD_KINDS, KINDS } from '../../../../../lib/models/objects/kinds.ts';
import { numberOfEach, QUOTA_RESOURCES } from '../../../../../lib/models/objects/quota.ts';
import { RowType } from '../../../../../lib/repositories/table/keys.ts';

const facts = CHILD_KINDS.map((kind) => KINDS[kind]);

test('the rows of a kind keep the name that stored rows have', () => {
  expect(Object.fromEntries(CHILD_KINDS.map((kind) => [kind, KINDS[kind].row]))).toEqual({
    listener: 'LISTENER',
    pool: 'POOL',
    health_monitor: 'HM',
    member: 'MEMBER',
    l7_policy: 'L7POLICY',
    l7_rule: 'L7RULE',
  });
});

test('no two kinds share a row, a resource or a quota, and none has the row of something else', () => {
  const others: readonly string[] = Object.values(RowType);
  const words = facts.flatMap(({ row, resource, quota }) => [`row ${row}`, `resource ${resource}`, `quota ${quota}`]);
  expect(new Set(words).size).toBe(3 * facts.length);
  expect(facts.filter(({ row }) => others.includes(row))).toEqual([]);
});

test.each(CHILD_KINDS)('a %s that is missing is named with its kind and id', (kind) => {
  expect(missingChild(kind, 'x')).toMatchObject({ message: `${KINDS[kind].name} x not found.`, resourceId: 'x' });
});

test('a quota counts load balancers and every kind once', () => {
  expect(QUOTA_RESOURCES).toEqual(['load_balancer', ...facts.map(({ quota }) => quota)]);
  expect(Object.keys(numberOfEach(() => 1)).sort()).toEqual([...QUOTA_RESOURCES].sort());
});
