import { execFile } from 'node:child_process';
import { constants, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { findProgram } from '../../local/programs.ts';
import { cache, exists } from '../helpers/programs.ts';
import { preparePython } from '../helpers/python.ts';
import { PYTHON, TERRAFORM_PROVIDER } from './versions.ts';

const run = promisify(execFile);
const BUILD_MS = 600_000;
const GO_MINOR = 25;

const missing = z.object({ missing: z.string() });
const terraform = z.object({ missing: z.null(), program: z.string(), providers: z.string() });
/** A program that tells of each of its tests as `go test -json` does. */
const facts = z.object({ missing: z.null(), command: z.array(z.string()), tests: z.array(z.string()) });
/** With the folder of gophercloud's packages for load balancers. */
const gophercloud = z.object({ ...facts.shape, source: z.string() });
const openstack = z.object({ missing: z.null(), program: z.string() });
const tools = z.object({
  terraform: z.union([terraform, missing]),
  gophercloud: z.union([gophercloud, missing]),
  kubernetes: z.union([facts, missing]),
  horizon: z.union([facts, missing]),
  openstack: z.union([openstack, missing]),
});

type Missing = z.infer<typeof missing>;

/** A program of tests. */
export type Facts = z.infer<typeof facts> | Missing;
/** Where a client is, or why there is none on this machine. */
export type Tools = z.infer<typeof tools>;

const VARIABLE = 'TEST_CLIENTS';

/** What is built once and kept. */
const clientsCache = (...parts: readonly string[]): string => cache('clients', ...parts);

/** The go command, when it is new enough for the modules. */
const findGo = async (): Promise<Missing | { readonly missing: null; readonly go: string }> => {
  const go = findProgram('go');
  if (go === null) return { missing: `no Go 1.${GO_MINOR} on this machine: https://go.dev/dl/` };
  const { stdout } = await run(go, ['env', 'GOVERSION']);
  const [major = 0, minor = 0] = stdout.trim().replace(/^go/, '').split('.').map(Number);
  const old = major === 1 && minor < GO_MINOR;
  return old
    ? { missing: `Go 1.${GO_MINOR} is needed, this is ${stdout.trim()}: https://go.dev/dl/` }
    : { missing: null, go };
};

/** The Terraform provider, built from its published source unless it was before. */
export const prepareTerraform = async (): Promise<Tools['terraform']> => {
  const cli = findProgram('terraform');
  if (cli === null)
    return { missing: 'no terraform on this machine: https://developer.hashicorp.com/terraform/install' };
  const providers = clientsCache(`terraform-provider-openstack-${TERRAFORM_PROVIDER.version}`);
  if (!(await exists(join(providers, 'terraform-provider-openstack'), constants.X_OK))) {
    const found = await findGo();
    if (found.missing !== null) return found;
    await mkdir(providers, { recursive: true });
    const { module, version } = TERRAFORM_PROVIDER;
    console.log(`building ${module}@${version} into ${providers}`);
    await run(found.go, ['install', `${module}@${version}`], {
      cwd: providers,
      env: { ...process.env, GOBIN: providers, GOFLAGS: '' },
      timeout: BUILD_MS,
    });
  }
  return { missing: null, program: cli, providers };
};

/** The tests of a folder in Go, as one program. */
const prepareGo = async (folder: string): Promise<Facts> => {
  const found = await findGo();
  if (found.missing !== null) return found;
  const { go } = found;
  const path = clientsCache(`${folder}.test`);
  await mkdir(clientsCache(), { recursive: true });
  await run(go, ['test', '-c', '-o', path], { cwd: join(import.meta.dirname, folder), timeout: BUILD_MS });
  const { stdout } = await run(path, ['-test.list', '.']);
  const command = [go, 'tool', 'test2json', path, '-test.v=test2json', '-test.parallel=4'];
  return { missing: null, command, tests: stdout.trim().split('\n') };
};

const prepareGophercloud = async (): Promise<Tools['gophercloud']> => {
  const built = await prepareGo('gophercloud');
  if (built.missing !== null) return built;
  const words = ['list', '-m', '-f', '{{.Dir}}', 'github.com/gophercloud/gophercloud/v2'];
  const { stdout } = await run('go', words, { cwd: join(import.meta.dirname, 'gophercloud') });
  return { ...built, source: join(stdout.trim(), 'openstack/loadbalancer/v2') };
};

/** What is written in Python. */
const prepareClientsInPython = async (): Promise<Pick<Tools, 'horizon' | 'openstack'>> => {
  const installed = await preparePython(Object.entries(PYTHON).map(([name, version]) => `${name}==${version}`));
  if (installed.missing !== null) return { horizon: installed, openstack: installed };
  const { bin } = installed;
  const command = [join(bin, 'python'), join(import.meta.dirname, 'horizon/dashboard.py')];
  const { stdout } = await run(join(bin, 'python'), [...command.slice(1), '--list']);
  return {
    horizon: { missing: null, command, tests: stdout.trim().split('\n') },
    openstack: { missing: null, program: join(bin, 'openstack') },
  };
};

/** Finds and builds what the tests use, and tells them. @throws Error when something cannot be built */
export const prepareTools = async (): Promise<Tools> => {
  const [terraform, gophercloud, kubernetes, inPython] = await Promise.all([
    prepareTerraform(),
    prepareGophercloud(),
    prepareGo('kubernetes'),
    prepareClientsInPython(),
  ]);
  const found: Tools = { terraform, gophercloud, kubernetes, ...inPython };
  process.env[VARIABLE] = JSON.stringify(found);
  return found;
};

/** What prepareTools found. */
export const preparedTools = (): Tools => {
  const text = process.env[VARIABLE];
  if (text === undefined) throw new Error('Run these tests with npm run test:clients.');
  return tools.parse(JSON.parse(text));
};
