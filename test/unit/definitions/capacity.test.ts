import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { readService } from '../../../local/definitions/definitions.ts';

const file = resolve(import.meta.dirname, '../../../serverless.yml');
const settings = z.looseObject({ ThrottlingRateLimit: z.coerce.number(), ThrottlingBurstLimit: z.coerce.number() });
const stage = z.looseObject({
  extensions: z.looseObject({ HttpApiStage: z.object({ Properties: z.object({ DefaultRouteSettings: settings }) }) }),
});

const reserved = z.looseObject({
  Conditions: z.record(z.string(), z.object({ 'Fn::Not': z.tuple([z.object({ 'Fn::Equals': z.array(z.string()) })]) })),
  extensions: z.record(
    z.string(),
    z.object({
      Properties: z.strictObject({
        ReservedConcurrentExecutions: z.strictObject({
          'Fn::If': z.tuple([z.string(), z.string(), z.strictObject({ Ref: z.literal('AWS::NoValue') })]),
        }),
      }),
    }),
  ),
});

/** The one part of the resources that has the shape. */
const partOf = <T>(schema: z.ZodType<T>, environment: Readonly<Record<string, string>>): T => {
  const { resources: parts } = z
    .looseObject({ resources: z.array(z.unknown()) })
    .parse(readService({ file, environment }).service);
  const [found, ...more] = parts.flatMap((part) => {
    const { data } = schema.safeParse(part);
    return data === undefined ? [] : [data];
  });
  if (found === undefined || more.length > 0) throw new Error(`${more.length + 1} parts, or none`);
  return found;
};

/** Limits of the API's stage in the resources that are deployed. */
const limitsOf = (environment: Readonly<Record<string, string>>): readonly number[] => {
  const limits = partOf(stage, environment).extensions.HttpApiStage.Properties.DefaultRouteSettings;
  return [limits.ThrottlingRateLimit, limits.ThrottlingBurstLimit];
};

/** Reserved concurrency by function, as CloudFormation would decide it; null for none. */
const concurrencyOf = (environment: Readonly<Record<string, string>>) => {
  const { Conditions, extensions } = partOf(reserved, environment);
  return Object.fromEntries(
    Object.entries(extensions).map(([id, { Properties }]) => {
      const [condition, value] = Properties.ReservedConcurrentExecutions['Fn::If'];
      const [is, not] = Conditions[condition]?.['Fn::Not'][0]['Fn::Equals'] ?? [];
      return [id.replace('LambdaFunction', ''), is !== undefined && is !== not ? Number(value) : null];
    }),
  );
};

test("the API's stage takes 500 requests a second and 1,000 at once, unless the settings say otherwise", () => {
  expect(limitsOf({})).toEqual([500, 1_000]);
  expect(limitsOf({ API_RATE_LIMIT: '7', API_BURST_LIMIT: '9' })).toEqual([7, 9]);
});

test('the API is capped, and what starts and repairs operations has concurrency of its own, unless the settings say otherwise', () => {
  const functions = { Api: 200, DispatchOperations: 2, RecoverOperations: 10, LookAfterAlarm: 20 };
  expect(concurrencyOf({})).toEqual(functions);
  const settings = { API_CONCURRENCY: '-1', RECOVERY_CONCURRENCY: '3' };
  expect(concurrencyOf(settings)).toEqual({ ...functions, Api: null, RecoverOperations: 3 });
});
