import type { Member, Pool } from '../../../models/objects/pool.ts';
import { uuidRule } from '../fields/identity.ts';
import { addressRule } from '../fields/network.ts';
import { type Subject, whole, word } from '../guard.ts';
import { EMPTY, type SafeText, text } from '../text.ts';
import { type Context, pemPath } from './context.ts';
import { cipherOptions, versionOptions } from './tls-options.ts';

/** What the server lines of one pool have in common. */
export interface ServerOptions {
  /** " check ...", or empty without health monitor. */
  readonly check: SafeText;
  readonly checked: boolean;
  readonly cookie: boolean;
  /** " ssl ...", or empty. */
  readonly tls: SafeText;
}

/** A server line around the place of the PROXY protocol option, the one thing that depends on the listener. */
export interface ServerLine {
  readonly start: SafeText;
  readonly end: SafeText;
}

/** Re-encryption towards the members: " ssl ...", or empty. */
export const memberTls = (context: Context, pool: Pool, alpn: SafeText | null): SafeText => {
  if (!pool.tls_enabled) return EMPTY;
  const subject: Subject = { kind: 'pool', id: pool.id };
  const files = context.tls.pools.get(pool.id);
  const certificate = pemPath(context, subject, 'tls_certificate_id', pool.tls_certificate_id, files?.certificate);
  const ca = pemPath(context, subject, 'ca_tls_certificate_id', pool.ca_tls_certificate_id, files?.ca);
  const crl = ca && pemPath(context, subject, 'crl_container_id', pool.crl_container_id, files?.crl);
  const options = [text`ssl`];
  if (certificate) options.push(text`crt ${certificate}`);
  if (ca) options.push(text`ca-file ${ca}`);
  if (crl) options.push(text`crl-file ${crl}`);
  options.push(ca ? text`verify required` : text`verify none`, text`sni ssl_fc_sni`);
  options.push(...cipherOptions(context, subject, pool), ...versionOptions(subject, pool.tls_versions));
  if (alpn) options.push(text`alpn ${alpn}`);
  return options.reduce((all, option) => text`${all} ${option}`, EMPTY);
};

/** In brackets if it has colons: haproxy would read what follows the last one as a port. */
const checkAddress = (value: string, subject: Subject): SafeText => {
  const address = word(subject, 'monitor_address', value, addressRule);
  return address.includes(':') ? text`[${address}]` : address;
};

const checkTarget = (member: Member, subject: Subject): SafeText => {
  const address =
    member.monitor_address === null ? EMPTY : text` addr ${checkAddress(member.monitor_address, subject)}`;
  return member.monitor_port !== null
    ? text`${address} port ${whole(subject, 'monitor_port', member.monitor_port, 1, 65_535)}`
    : address;
};

/** @throws UnrenderableValueError */
export const serverLine = (member: Member, options: ServerOptions): ServerLine => {
  const subject: Subject = { kind: 'member', id: member.id };
  const id = word(subject, 'id', member.id, uuidRule);
  const address = word(subject, 'address', member.ip_address, addressRule);
  const port = whole(subject, 'protocol_port', member.protocol_port, 1, 65_535);
  const weight = whole(subject, 'weight', member.weight, 0, 256);
  const check = options.checked ? text`${options.check}${checkTarget(member, subject)}` : EMPTY;
  const cookie = options.cookie ? text` cookie ${id}` : EMPTY;
  const backup = member.backup ? text` backup` : EMPTY;
  const disabled = member.enabled ? EMPTY : text` disabled`;
  return {
    start: text`    server ${id} ${address}:${port} weight ${weight}${check}${cookie}`,
    end: text`${backup}${disabled}${options.tls}`,
  };
};
