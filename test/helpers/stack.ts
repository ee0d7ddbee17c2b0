import { afterAll, beforeAll, vi } from 'vitest';
import { type Stack, type StackOptions, startStack } from '../../local/stack.ts';

/**
 * A stack of its own for a test file: in memory, on free ports, quiet, without schedules and heartbeats, in a hurry (a second of Wait
 * and Retry lasts 20 ms, servers boot in 20 ms). The functions get fresh modules, so that none remembers the settings
 * of an earlier stack; neither do the modules that the worker's next file imports.
 * @returns the running stack, from `beforeAll` on
 */
export const useStack = (options: Partial<StackOptions> = {}): (() => Stack) => {
  let stack: Stack | null = null;
  beforeAll(async () => {
    vi.resetModules();
    stack = await startStack({
      dataFolder: null,
      quiet: true,
      schedules: false,
      heartbeats: false,
      addressBlock: 'any',
      bootDelayMs: 20,
      secondMs: 20,
      ...options,
      settings: { LOG_LEVEL: 'SILENT', ...options.settings },
    });
  });
  afterAll(async () => {
    await stack?.stop();
    vi.resetModules();
  });
  return () => {
    if (stack === null) throw new Error('The stack runs from beforeAll on.');
    return stack;
  };
};
