import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { peerName } from '../../../../../lib/amphora/render/peer-name.ts';
import { uuid } from '../../../../fixtures/render/tree.ts';

test('trap 21: a peer is named as the agent names itself', () => {
  expect(peerName('11111111-2222-4333-8444-555555555555')).toBe('xXu-FMQ0vr_hLZFNFyIplfVZyGE');
});

test('a name never starts with a dash', () => {
  const ids = Array.from({ length: 500 }, (_, number) => uuid('2', number));
  const dashed = ids.filter((id) => createHash('sha1').update(id).digest('base64').startsWith('/'));
  expect(dashed.length).toBeGreaterThan(0);
  for (const id of ids) expect(peerName(id)).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_-]{26}$/);
});
