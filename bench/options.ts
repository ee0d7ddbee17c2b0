import { parseArgs } from 'node:util';

export interface BenchOptions {
  readonly json: boolean;
  /** Names of the parts to run. */
  readonly only: readonly string[];
}

export const usage = (names: readonly string[]): string => `Measures the local stack.

  npm run bench -- [--json] [--only NAME...]

Names: ${names.join(', ')}.`;

/** null when help is asked for. @throws Error for what cannot be understood */
export const readOptions = (args: readonly string[], names: readonly string[]): BenchOptions | null => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return null;
  if (positionals.length > 0 && values.only.length === 0) throw new Error(`${positionals.join(' ')}: only with --only`);
  const only = [...values.only, ...positionals];
  const unknown = only.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`${unknown.join(', ')}: not among ${names.join(', ')}`);
  return { json: values.json, only: only.length === 0 ? names : only };
};
