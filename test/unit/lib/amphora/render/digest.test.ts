import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { configurationDigest } from '../../../../../lib/amphora/render/digest.ts';
import { renderHaproxy } from '../../../../../lib/amphora/render/haproxy/render-haproxy.ts';
import { haproxyCases } from '../../../../fixtures/render/haproxy-cases.ts';

test('a configuration has the same digest with and without a group line', () => {
  const digest = configurationDigest('global\n    user nobody\n    daemon\n');
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  expect(configurationDigest('global\n    user nobody\n    group nogroup\n    daemon\n')).toBe(digest);
  expect(configurationDigest('global\n    daemon\n')).not.toBe(digest);
});

test.each(Object.entries(haproxyCases))('the agent stores %s as it was rendered', (_name, input) => {
  const rendered = renderHaproxy(input);
  expect(configurationDigest(rendered)).toBe(createHash('sha256').update(rendered).digest('hex'));
});
