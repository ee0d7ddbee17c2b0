import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import * as z from 'zod';

const load = createRequire(import.meta.url);
const endpoints = z.object({
  getEndpointInfo: z.custom<(this: object) => Promise<unknown>>((value) => typeof value === 'function'),
});
const plugin = z.object({
  default: z.custom<new (serverless: object) => object>((value) => typeof value === 'function'),
});

test('the plugin of the flows finds no endpoints after a deployment, and does not fail', async () => {
  const { getEndpointInfo } = endpoints.parse(
    load('serverless-step-functions/lib/deploy/events/apiGateway/endpointInfo.js'),
  );
  // As osls 4 has it.
  const provider = {
    naming: { getStackName: () => 'deploy-worker-dev' },
    request: (): never => {
      throw new Error('provider.request() is no longer available');
    },
  };
  const after = () => getEndpointInfo.call({ provider, options: {} });
  expect(after).toThrow('no longer available');
  const loaded: unknown = await import(new URL('../../../../local/package/osls-plugin.mjs', import.meta.url).href);
  const { default: NoEndpoints } = plugin.parse({ ...Object(loaded) });
  new NoEndpoints({ getProvider: () => provider });
  await expect(after()).resolves.toBeUndefined();
});
