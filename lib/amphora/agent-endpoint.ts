import { isIPv6 } from 'node:net';

/** Where an agent is, and its identity: its certificate carries the amphora's id. */
export interface AgentEndpoint {
  readonly amphoraId: string;
  readonly lbNetworkIp: string;
}

/** The address to connect to: a link-local one needs the interface it belongs to. */
export const connectAddress = (ip: string, lbNetworkInterface: string): string =>
  isIPv6(ip) && !ip.includes('%') && /^fe[89ab]/i.test(ip) ? `${ip}%${lbNetworkInterface}` : ip;

/** The Host header: an IPv6 address in brackets, without its zone, which means nothing to the other side. */
export const hostHeader = (ip: string, port: number): string => {
  const [address = ip] = ip.split('%');
  return isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
};
