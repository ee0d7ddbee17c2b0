import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { localTarget, type Target, walk } from '../../cloud/walk.ts';
import { unless } from '../../helpers/needs.ts';
import { useStack } from '../../helpers/stack.ts';
import { preparedTools } from '../tools.ts';

const { openstack: tool } = preparedTools();

unless(tool.missing).describe('every command of the newest openstack loadbalancer', () => {
  const stack = useStack();
  let folder = '';
  let target: Target;

  beforeAll(async () => {
    if (tool.missing !== null) return;
    folder = await mkdtemp(join(tmpdir(), 'commands-'));
    target = await localTarget(stack(), folder, tool.program);
  });
  afterAll(async () => {
    if (folder !== '') await rm(folder, { recursive: true, force: true });
  });

  walk(() => target);
});
