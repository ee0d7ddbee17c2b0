import { describe, expect, it } from 'vitest';
import { CloudRequestError, CloudResourceNotFoundError } from '../../../../lib/errors/cloud.ts';
import { orGone } from '../../../../lib/openstack/gone.ts';

describe('orGone', () => {
  it('succeeds when the deletion does, and when there is nothing to delete', async () => {
    await expect(orGone(Promise.resolve())).resolves.toBeUndefined();
    await expect(orGone(Promise.reject(new CloudResourceNotFoundError('port', 'p')))).resolves.toBeUndefined();
  });

  it('fails with any other error', async () => {
    const refused = new CloudRequestError('no', { status: 409 });
    await expect(orGone(Promise.reject(refused))).rejects.toBe(refused);
  });
});
