import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readSecret, secretIdOf } from '../../../../lib/settings/secret.ts';
import { useSecretsManager } from '../../../helpers/secrets-manager.ts';

const { holds } = useSecretsManager();
holds.set('text', ' of it\n');
holds.set('bytes', Buffer.from('of it'));
holds.set('empty', '');
holds.set('refused', { fails: 'AccessDeniedException' });
holds.set('misnamed', { fails: 'ValidationException' });
holds.set('cut off', { body: '{"SecretString":"hush' });
holds.set('down', { fails: 'InternalServiceErrorException' });

describe('a value that names a secret', () => {
  it.each([
    ['secret:app/key', 'app/key'],
    ['secret:', ''],
    ['app/key', null],
    ['a secret:app/key', null],
  ])('%s has the id %s', (source, id) => {
    expect(secretIdOf(source)).toBe(id);
  });
});

describe('a secret', () => {
  it.each([
    ['text', ' of it\n'],
    ['bytes', 'of it'],
  ])('of %s is read unchanged', async (id, value) => {
    expect(await readSecret('SETTING', id)).toBe(value);
  });

  it.each([
    ['none', 'cannot read secret "none": ResourceNotFoundException'],
    ['refused', 'cannot read secret "refused": AccessDeniedException'],
    ['misnamed', 'cannot read secret "misnamed": ValidationException'],
    ['empty', 'secret "empty" is empty'],
  ])('that is %s is an error of the setting', async (id, reason) => {
    await expect(readSecret('SETTING', id)).rejects.toMatchObject({
      name: 'ConfigurationError',
      setting: 'SETTING',
      message: `SETTING: ${reason}`,
    });
  });

  it('is worth another attempt while Secrets Manager is down', async () => {
    await expect(readSecret('SETTING', 'down')).rejects.toMatchObject({
      name: 'CloudUnavailableError',
      retryable: true,
    });
  });

  it('is in no error, not even of an answer that is cut off', async () => {
    const error = await readSecret('SETTING', 'cut off').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'CloudUnavailableError' });
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain('hush');
  });
});
