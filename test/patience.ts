/**
 * How long tests wait, in every suite. These are bounds against a hang, and no measure of the product: a busy machine takes many
 * times as long as a quiet one. What has to be fast is measured by `npm run bench`.
 */

/** For one thing that a test waits for, in milliseconds. */
export const WAIT_MS = 60_000;

/** Settings of Vitest. */
export const patience = {
  testTimeout: 2 * WAIT_MS,
  hookTimeout: 2 * WAIT_MS,
  expect: { poll: { timeout: WAIT_MS, interval: 50 } },
} as const;
