import { describe, expect, it } from 'vitest';
import { decryptRc2 } from '../../../../../lib/tls/formats/rc2.ts';

const hex = (text: string) => Buffer.from(text, 'hex');
const IV = hex('0001020304050607');
const RC2_40 = '5a55118c9ada6a2b70ff107036dac807e2e1ae704d0bbebf94949c9f6437f09a';
const RC2_128 = 'fed13e428b689d9975d6f3844bb710f6498881c6cb49ba927a1cf907fbf89527';

describe('decryptRc2', () => {
  it.each([
    ['40', '0123456789', RC2_40],
    ['128', '000102030405060708090a0b0c0d0e0f', RC2_128],
  ])('undoes what OpenSSL encrypted with %s bits', (_bits, key, encrypted) => {
    expect(Buffer.from(decryptRc2(hex(key), IV, hex(encrypted))).toString()).toBe('a text of more than two blocks');
  });

  it('refuses what another key encrypted', () => {
    expect(() => decryptRc2(hex('0123456780'), IV, hex(RC2_40))).toThrow('padding');
  });

  it.each(['', '00'])('refuses "%s", which is not whole blocks', (data) => {
    expect(() => decryptRc2(hex('0123456789'), IV, hex(data))).toThrow('blocks');
  });
});
