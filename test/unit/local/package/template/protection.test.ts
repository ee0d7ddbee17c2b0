import { expect, test } from 'vitest';
import { checkProtection } from '../../../../../local/package/template/protection.ts';
import { readTemplate } from '../../../../../local/package/template/template.ts';

const table = {
  Type: 'AWS::DynamoDB::Table',
  DeletionPolicy: 'Retain',
  UpdateReplacePolicy: 'Retain',
  Properties: {
    DeletionProtectionEnabled: true,
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
  },
};
const balancer = (value: string) => ({
  Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
  Properties: { LoadBalancerAttributes: [{ Key: 'deletion_protection.enabled', Value: value }] },
});
const pathsOf = (resource: object): readonly string[] =>
  checkProtection(readTemplate({ Resources: { X: resource } })).map((problem) => problem.replace(/:.*/, ''));

test('a table that is retained, protected and recoverable passes', () => {
  expect(pathsOf(table)).toEqual([]);
});

test.each(['DeletionPolicy', 'UpdateReplacePolicy'])('a table without %s is refused', (name) => {
  expect(pathsOf({ ...table, [name]: 'Delete' })).toEqual([`X.${name}`]);
});

test.each(['DeletionProtectionEnabled', 'PointInTimeRecoverySpecification'])(
  'a table without %s is refused',
  (name) => {
    expect(pathsOf({ ...table, Properties: { ...table.Properties, [name]: undefined } })).toEqual([
      `X.Properties.${name}`,
    ]);
  },
);

test("the receivers' balancer must have deletion protection", () => {
  expect(pathsOf(balancer('true'))).toEqual([]);
  expect(pathsOf(balancer('false'))).toEqual(['X.Properties.LoadBalancerAttributes']);
});
