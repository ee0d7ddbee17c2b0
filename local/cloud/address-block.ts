import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AddressBlock } from './options.ts';

export interface Claim {
  readonly block: AddressBlock;
  release(): Promise<void>;
}

const DEFAULT: AddressBlock = { management: 90, tenant: 10 };
const TRIES = 100;
/** Milliseconds a block may still be held by a cloud that has just ended. */
const PATIENCE = 1000;

const bind = (octet: number, port: number): Promise<Server | null> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(null) : reject(error),
    );
    server.listen(port, `127.${octet}.0.1`, () => resolve(server));
  });

const close = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));

const claim = async (block: AddressBlock, port: number): Promise<Claim | null> => {
  const held: Server[] = [];
  for (const octet of [block.management, block.tenant]) {
    const server = await bind(octet, port);
    if (server === null) {
      await Promise.all(held.map(close));
      return null;
    }
    held.push(server.unref());
  }
  return { block, release: async () => void (await Promise.all(held.map(close))) };
};

/**
 * Takes a block of addresses for this cloud alone, by listening on 127.<octet>.0.1 at the agents' port: another stand-in
 * cloud of the machine that wants the same block finds out at its start.
 * @throws Error when the block is taken, or 'any' finds none
 */
export const claimBlock = async (wanted: AddressBlock | 'any' = DEFAULT, port: number): Promise<Claim> => {
  if (wanted !== 'any') {
    for (const end = Date.now() + PATIENCE; Date.now() < end; await sleep(50)) {
      const claimed = await claim(wanted, port);
      if (claimed !== null) return claimed;
    }
    const { management, tenant } = wanted;
    throw new Error(
      `another stand-in cloud uses 127.${management} or 127.${tenant} at port ${port}: choose another addressBlock`,
    );
  }
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const management = 2 * randomInt(55, 126);
    const claimed = await claim({ management, tenant: management + 1 }, port);
    if (claimed !== null) return claimed;
  }
  throw new Error('no free block of addresses in 127.0.0.0/8 was found');
};
