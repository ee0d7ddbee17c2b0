import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse, stringify } from 'yaml';
import * as z from 'zod';

const run = promisify(execFile);
const clouds = z.object({ clouds: z.record(z.string(), z.record(z.string(), z.unknown())) });
const failure = z.object({ code: z.number(), stdout: z.string(), stderr: z.string() });

/** Longest a command may wait for a load balancer. */
const TIMEOUT = 240_000;

export interface Cli {
  /** `openstack <words> -f json`; answers what it printed. @throws Error with what it wrote to standard error */
  json<S extends z.ZodType>(schema: S, ...words: readonly string[]): Promise<z.infer<S>>;
  /** `openstack <words>`. @throws Error with what it wrote to standard error */
  run(...words: readonly string[]): Promise<string>;
  /**
   * Many commands in one process, which saves the start of each: one a line, without `openstack`.
   * @throws Error with everything that any of them wrote to standard error
   */
  all(lines: readonly string[]): Promise<string>;
}

/**
 * The unmodified `openstack` command as one user of a clouds.yaml, its load balancer endpoint set to `api`.
 *
 * @param program the command @default the first in PATH
 * @param folder where the changed copy of the clouds.yaml goes; it holds passwords, as the original does
 */
export const openstackCli = async (
  cloudsFile: string,
  cloud: string,
  {
    api,
    folder,
    program = 'openstack',
  }: { readonly api: string; readonly folder: string; readonly program?: string | undefined },
): Promise<Cli> => {
  const document = clouds.parse(parse(await readFile(cloudsFile, 'utf8')));
  for (const entry of Object.values(document.clouds)) entry.load_balancer_endpoint_override = api;
  const path = join(folder, 'clouds.yaml');
  await writeFile(path, stringify(document), { mode: 0o600 });
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, OS_CLIENT_CONFIG_FILE: path, OS_CLOUD: cloud };

  const openstack = async (words: readonly string[]) => {
    try {
      return (await run(program, words, { env, timeout: TIMEOUT })).stdout;
    } catch (error) {
      const known = failure.safeParse(error);
      if (!known.success) throw error;
      const { code, stderr } = known.data;
      throw new Error(`openstack ${words.join(' ')}: exit code ${code}, ${stderr.trim()}`, { cause: error });
    }
  };

  const all = async (lines: readonly string[]): Promise<string> => {
    const running = run(program, { env, timeout: TIMEOUT });
    running.child.stdin?.end(`${lines.join('\n')}\n`);
    // What the process ends with says nothing of its commands: always 0, and always 1 in newer versions.
    const { stdout, stderr } = await running.catch((error: unknown) => failure.parse(error));
    if (stderr.trim() !== '') throw new Error(`openstack: ${stderr.trim()}`);
    return stdout;
  };

  return {
    all,
    json: async (schema, ...words) => schema.parse(JSON.parse(await openstack([...words, '-f', 'json']))),
    run: (...words) => openstack(words),
  };
};
