import { beforeAll, describe, expect, it } from 'vitest';
import { useTable } from '../../../../helpers/table.ts';
import { inside, listed, type Workbench, workbench } from '../support/resources.ts';

beforeAll(useTable);

describe('L7 rules', () => {
  let bench: Workbench;
  let rules: string;
  beforeAll(async () => {
    bench = await workbench();
    const { id } = await bench.listener();
    rules = `l7policies/${(await bench.policy(id)).id}/rules`;
  });

  it('are created, listed below their policy, changed and deleted', async () => {
    const { call, made } = bench;
    const fields = { type: 'HEADER', compare_type: 'EQUAL_TO', key: 'X-A', value: '1' };
    const rule = await made(rules, 'rule', fields);
    expect(rule).toMatchObject({ ...fields, invert: false, admin_state_up: true });
    expect(rule).not.toHaveProperty('name');
    expect(listed(await call('GET', rules), 'rules')).toEqual([rule]);
    const [, policyId] = rules.split('/');
    expect(listed(await call('GET', `${rules}?l7policy_id=${policyId}`), 'rules')).toEqual([rule]);
    expect(listed(await call('GET', `${rules}?l7policy_id=another`), 'rules')).toEqual([]);
    const changed = await call('PUT', `${rules}/${rule.id}`, { rule: { type: 'PATH', invert: true } });
    expect(inside(changed, 'rule')).toMatchObject({ type: 'PATH', key: null, invert: true, value: '1' });
    expect((await call('DELETE', `${rules}/${rule.id}`)).status).toBe(204);
  });

  it.each([
    [{ type: 'HEADER', value: 'a' }, /need a key$/],
    [{ type: 'HEADER', key: 'X A', value: 'a' }, /key is not the name of a header or cookie$/],
    [{ type: 'HEADER', key: '', value: 'a' }, /need a key$/],
    [{ type: 'HEADER', key: 'k', value: 'a b' }, /Invalid characters in header value$/],
    [{ type: 'HEADER', key: 'k', value: '"ä"' }, /Invalid characters in header value$/],
    [{ type: 'COOKIE', key: 'k', value: 'a;b' }, /Invalid characters in cookie value$/],
    [{ type: 'COOKIE', key: 'k', value: '"a b"' }, /Invalid characters in cookie value$/],
    [{ type: 'PATH', value: 'a\tb' }, /Invalid characters in comparison value$/],
    [{ type: 'HOST_NAME', value: 'local host' }, /Invalid characters in comparison value$/],
    [{ type: 'HOST_NAME', compare_type: 'CONTAINS', value: 'a b' }, /Invalid characters in comparison value$/],
    [{ type: 'FILE_TYPE', value: 'a b' }, /Invalid characters in comparison value$/],
    [{ type: 'PATH', value: '' }, /value is empty$/],
    [{ type: 'SSL_CONN_HAS_CERT', value: 'true', key: 'k' }, /SSL_CONN_HAS_CERT does not use the "key" field\.$/],
    [{ type: 'SSL_VERIFY_RESULT', value: '0', key: 'k' }, /SSL_VERIFY_RESULT does not use the "key" field\.$/],
    [{ type: 'SSL_VERIFY_RESULT', value: '-1' }, /value is not a verification result$/],
    [{ type: 'SSL_VERIFY_RESULT', compare_type: 'REGEX', value: '1' }, /compare by EQUAL_TO$/],
    [{ type: 'SSL_DN_FIELD', value: 'a' }, /need a key$/],
    [{ type: 'PATH', compare_type: 'REGEX', value: '[' }, /value is not a regular expression/],
    [{ type: 'FILE_TYPE', compare_type: 'CONTAINS', value: 'a' }, /compare by EQUAL_TO or REGEX$/],
    [{ type: 'SSL_CONN_HAS_CERT', value: 'maybe' }, /value is not "True"$/],
    [{ type: 'SSL_DN_FIELD', key: '9', value: 'a' }, /key is not a field of a DN$/],
  ])('of %j are refused in their own words', async (fields, text) => {
    const [code, told] = await bench.refused('POST', rules, { rule: { compare_type: 'EQUAL_TO', ...fields } });
    expect(told).toMatch(/^Error parsing L7Rule: /);
    expect(told).toMatch(text);
    expect(code).toBe(400);
  });

  it.each([
    [{ type: 'HOST_NAME', value: '"local host"' }],
    [{ type: 'HOST_NAME', value: 'a', key: 'any' }],
    [{ type: 'PATH', value: 'a\\b', key: '' }],
    [{ type: 'PATH', compare_type: 'REGEX', value: 'a b\tä' }],
    [{ type: 'FILE_TYPE', value: 'jpg' }],
    [{ type: 'HEADER', key: 'k', value: 'a,b;c"d' }],
    [{ type: 'COOKIE', key: 'k', value: 'a,b=c{~}' }],
    [{ type: 'SSL_CONN_HAS_CERT', value: 'TRUE', key: '' }],
    [{ type: 'SSL_DN_FIELD', key: 'CN', value: 'Jörg Müller' }],
  ])('of %j are taken as they are', async (fields) => {
    const rule = { compare_type: 'EQUAL_TO', ...fields };
    expect(await bench.made(rules, 'rule', rule)).toMatchObject(rule);
  });

  it.each([
    [{ value: 'a\nb' }, 'value'],
    [{ key: 'a\rb' }, 'key'],
  ])('of %j are more than one line', async (fields, named) => {
    const rule = { type: 'PATH', compare_type: 'REGEX', value: 'a', ...fields };
    const [code, told] = await bench.refused('POST', rules, { rule });
    expect([code, told]).toEqual([400, expect.stringContaining(`field/attribute ${named}.`)]);
    expect(told).toMatch(/Value should be one line$/);
  });

  it('of a type of TLS take no key of a former type', async () => {
    const { call, made, refused } = bench;
    const { id } = await made(rules, 'rule', { type: 'HEADER', compare_type: 'EQUAL_TO', key: 'k', value: 'v' });
    const rule = { type: 'SSL_CONN_HAS_CERT', value: 'true' };
    expect(await refused('PUT', `${rules}/${id}`, { rule })).toEqual([400, expect.stringMatching(/does not use/)]);
    const changed = inside(await call('PUT', `${rules}/${id}`, { rule: { ...rule, key: null } }), 'rule');
    expect(changed).toMatchObject({ ...rule, key: null });
  });

  it('are at most 50', async () => {
    const { listener, made, policy, refused } = await workbench();
    const { id: listenerId } = await listener();
    const rule = { type: 'PATH', compare_type: 'EQUAL_TO', value: '/' };
    const { id } = await policy(listenerId, { rules: Array.from({ length: 49 }, () => rule) });
    await made(`l7policies/${id}/rules`, 'rule', rule);
    expect(await refused('POST', `l7policies/${id}/rules`, { rule })).toEqual([
      409,
      `Too many rules on L7 policy ${id}`,
    ]);
  });
});
