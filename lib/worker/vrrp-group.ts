import { randomInt } from 'node:crypto';
import type { VrrpGroup } from '../models/objects/load-balancer.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const PASSWORD_LENGTH = 7;
const ADVERT_INT_SECONDS = 1;

const newPassword = (): string =>
  Array.from({ length: PASSWORD_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');

/** The VRRP group of a load balancer, with a password of its own. Holds a secret: stored with the load balancer only. */
export const newVrrpGroup = (loadBalancerId: string): VrrpGroup => ({
  vrrp_group_name: loadBalancerId.replaceAll('-', ''),
  vrrp_auth_type: 'PASS',
  vrrp_auth_pass: newPassword(),
  advert_int: ADVERT_INT_SECONDS,
});
