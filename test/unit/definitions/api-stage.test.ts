import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { readService } from '../../../local/definitions/definitions.ts';

const file = resolve(import.meta.dirname, '../../../serverless.yml');
const settings = z.looseObject({ ThrottlingRateLimit: z.coerce.number(), ThrottlingBurstLimit: z.coerce.number() });
const stage = z.looseObject({
  extensions: z.looseObject({ HttpApiStage: z.object({ Properties: z.object({ DefaultRouteSettings: settings }) }) }),
});

/** Limits of the API's stage in the resources that are deployed. */
const limitsOf = (environment: Readonly<Record<string, string>>): readonly number[] => {
  const { resources: parts } = z
    .looseObject({ resources: z.array(z.unknown()) })
    .parse(readService({ file, environment }).service);
  const [found, ...more] = parts.flatMap((part) => stage.safeParse(part).data ?? []);
  expect([found === undefined, more.length]).toEqual([false, 0]);
  const limits = found?.extensions.HttpApiStage.Properties.DefaultRouteSettings;
  return [limits?.ThrottlingRateLimit ?? 0, limits?.ThrottlingBurstLimit ?? 0];
};

test("the API's stage takes 500 requests a second and 1,000 at once, unless the settings say otherwise", () => {
  expect(limitsOf({})).toEqual([500, 1_000]);
  expect(limitsOf({ API_RATE_LIMIT: '7', API_BURST_LIMIT: '9' })).toEqual([7, 9]);
});
