import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLauncher, type Launcher } from '../../../../../../local/cloud/agent/haproxy/launcher.ts';

const lives = (pid: number): boolean => existsSync(`/proc/${pid}`);

describe('the shell that starts programs', () => {
  let scratch: string;
  let launcher: Launcher;
  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), 'launcher-'));
    launcher = createLauncher(scratch);
  });
  afterEach(async () => {
    await launcher.stop();
    expect(existsSync(scratch)).toBe(false);
  });
  const words = () => join(scratch, "the words' file");

  it('runs one to its end, with every word as it is, and keeps its output', async () => {
    const odd = `it's "$HOME" \\ * 50%`;
    expect(await launcher.run(['/bin/sh', '-c', 'echo "$1"; echo wrong >&2; exit 3', 'sh', odd], words())).toBe(3);
    expect(readFileSync(words(), 'utf8')).toBe(`${odd}\nwrong\n`);
    expect(await launcher.run(['/no/such/program'], words())).toBe(127);
  });

  it('starts one in a group of its own, and reports its end', async () => {
    const { pid, ended } = await launcher.start(['/bin/sh', '-c', 'sleep 60 & wait'], words());
    expect(readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[4]).toBe(String(pid));
    process.kill(-pid, 'SIGKILL');
    await ended;
    expect(lives(pid)).toBe(false);
  });

  it('does several things at the same time', async () => {
    const { pid, ended } = await launcher.start(['/bin/sleep', '60'], words());
    const codes = await Promise.all([5, 6, 7].map((code) => launcher.run(['/bin/sh', '-c', `exit ${code}`], words())));
    expect(codes).toEqual([5, 6, 7]);
    process.kill(pid, 'SIGTERM');
    await ended;
  });

  it('ends what still runs when it is stopped', async () => {
    const { pid } = await launcher.start(['/bin/sleep', '60'], words());
    await launcher.stop();
    await expect.poll(() => lives(pid)).toBe(false);
    await expect(launcher.start(['/bin/true'], words())).rejects.toThrow('the shell that starts programs has ended');
    await expect(launcher.run(['/bin/true'], words())).rejects.toThrow('the shell that starts programs has ended');
  });

  it('ends what still runs when the process behind it is killed', async () => {
    const module = new URL('../../../../../../local/cloud/agent/haproxy/launcher.ts', import.meta.url).href;
    const script = `
      const { createLauncher } = await import(${JSON.stringify(module)});
      const { pid } = await createLauncher(process.argv[1]).start(['/bin/sleep', '60'], process.argv[1] + '/words');
      console.log(pid);
      setInterval(() => undefined, 1000);`;
    const other = mkdtempSync(join(tmpdir(), 'launcher-'));
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, other]);
    const [said] = await once(child.stdout, 'data');
    const pid = Number(String(said));
    expect(lives(pid)).toBe(true);
    child.kill('SIGKILL');
    await expect.poll(() => lives(pid)).toBe(false);
    await expect.poll(() => existsSync(other)).toBe(false);
  });
});
