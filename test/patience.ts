/**
 * How long tests wait, in every suite. These are bounds against a hang, and no measure of the product: a busy machine takes many
 * times as long as a quiet one. What has to be fast is measured by `npm run bench`.
 */
export const patience = {
  testTimeout: 120_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 30_000, interval: 50 } },
} as const;
