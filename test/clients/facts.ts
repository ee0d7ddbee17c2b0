import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import type { Facts } from './tools.ts';

const run = promisify(execFile);
const LIMIT_MS = 170_000;

const failure = z.object({ stdout: z.string(), stderr: z.string() });
/** A line of what `go test -json` writes. */
const event = z.object({ Action: z.string(), Test: z.string().optional(), Output: z.string().optional() });

interface Result {
  readonly passed: boolean;
  readonly said: string;
}

/** TestAListenerIsMade and test_a_listener_is_made as "a listener is made". */
const wordsOf = (name: string): string =>
  name
    .replace(/^test_?/i, '')
    .split(/_|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/)
    .map((word) => (/^[A-Z][a-z]|^A$/.test(word) ? word.toLowerCase() : word))
    .join(' ');

/** How each test went, by its name, with what it wrote. */
const resultsOf = (output: string): ReadonlyMap<string, Result> => {
  const results = new Map<string, Result>();
  for (const line of output.split('\n').filter((text) => text !== '')) {
    const { Action, Test = '', Output = '' } = event.parse(JSON.parse(line));
    const { passed, said } = results.get(Test) ?? { passed: false, said: '' };
    results.set(Test, { passed: passed || Action === 'pass', said: said + Output });
  }
  return results;
};

/**
 * Each test of a program as one of this file.
 *
 * @param prepare before the program runs: what it is told as `CLIENTS_FACTS`, and its clouds.yaml
 */
export const useFacts = (
  tool: Facts,
  prepare: () => Promise<{ readonly cloudsFile: string; readonly facts: Readonly<Record<string, unknown>> }>,
): void => {
  let stderrOf = '';
  let results: ReadonlyMap<string, Result> = new Map();

  beforeAll(async () => {
    if (tool.missing !== null) return;
    const { cloudsFile, facts } = await prepare();
    const { PATH, HOME } = process.env;
    const env = { PATH, HOME, OS_CLIENT_CONFIG_FILE: cloudsFile, CLIENTS_FACTS: JSON.stringify(facts) };
    const [program = '', ...words] = tool.command;
    const { stdout, stderr } = await run(program, words, { env, timeout: LIMIT_MS }).catch(
      // What a test says is told below.
      (error: unknown) => failure.parse(error),
    );
    results = resultsOf(stdout);
    stderrOf = stderr;
  }, LIMIT_MS);

  const tests = tool.missing === null ? tool.tests : ['TestEverything'];
  it.each(tests.map((name) => [wordsOf(name), name] as const))('%s', (_words, name) => {
    const result = results.get(name);
    expect(result?.passed, result?.said ?? `${name} did not run. ${stderrOf}`).toBe(true);
  });
};
