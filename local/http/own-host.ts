import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';

const hostnameOf = (header: string | undefined): string | null => {
  try {
    return new URL(`http://${header ?? ''}`).hostname.replace(/^\[|\]$/g, '');
  } catch {
    return null;
  }
};

/**
 * True for a request that names an address, localhost, or the name this server listens on. A page whose own name was made to
 * lead to this machine sends that name: a browser would let it read every answer here.
 */
export const isOwnHost = (header: string | undefined, listeningOn: string): boolean => {
  const name = hostnameOf(header);
  return name !== null && (isIP(name) !== 0 || name === 'localhost' || name === listeningOn.toLowerCase());
};

/** Refuses a request for another host with 421. @returns true when it did */
export const refuseForeignHost = (request: IncomingMessage, response: ServerResponse, listeningOn: string): boolean => {
  if (isOwnHost(request.headers.host, listeningOn)) return false;
  response.writeHead(421, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify({ message: `Only localhost, addresses and ${listeningOn} are served here.` }));
  return true;
};
