import { expect, it } from 'vitest';
import type { Server } from '../../../../../lib/drivers/compute/compute-driver.ts';
import { newAmphora } from '../../../../../lib/repositories/fleet/amphora-commits.ts';
import { serverFindings } from '../../../../../lib/upkeep/drift/server-findings.ts';

const amphora = { ...newAmphora('a', 'lb'), compute_id: 's', compute_flavor: 'small', image_id: 'i1' };
const server: Server = {
  id: 's',
  name: 'amphora-a',
  status: 'ACTIVE',
  fault: null,
  availabilityZone: null,
  imageId: 'i1',
  flavorId: 'small',
};
const found = (now: Server | null) =>
  serverFindings(amphora, now).map(({ kind, expected, found: what }) => [kind, expected, what]);

it('finds nothing on a server that is as it was built, and in fields that Nova leaves out', () => {
  expect(found(server)).toEqual([]);
  expect(found({ ...server, imageId: null, flavorId: null })).toEqual([]);
});

it('names what is expected and what was found', () => {
  expect(found(null)).toEqual([['server_missing', 'server s', 'nothing']]);
  expect(found({ ...server, status: 'DELETED' })).toEqual([['server_missing', 'server s', 'nothing']]);
  expect(found({ ...server, status: 'ERROR', fault: 'host is down' })).toEqual([
    ['server_status', 'ACTIVE', 'ERROR: host is down'],
  ]);
  expect(found({ ...server, flavorId: 'large', imageId: 'i2' })).toEqual([
    ['server_flavor', 'small', 'large'],
    ['server_image', 'i1', 'i2'],
  ]);
});
