import { setTimeout as pause } from 'node:timers/promises';
import { request } from 'undici';
import { listen } from '../../local/http/listen.ts';
import { lbRows, tree } from './load-balancers.ts';
import type { World } from './world.ts';

/** A load balancer without requests, which must not notice the faults of the others. */
export interface Witness {
  /** How many requests through it were not answered so far. */
  failures(): number;
  requests(): number;
  /** What is not as it was. */
  changes(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

const EVERY_MS = 250;

/** Everything of it, as text: rows, servers, ports and rules. */
export const lookAt = async (world: World, id: string): Promise<string> => {
  const { servers, ports, securityGroupRules } = world.cloud.state;
  const rows = await lbRows(world, id);
  const text = JSON.stringify(rows);
  const mine = [...servers.values(), ...ports.values()].filter((one) => text.includes(one.id));
  const rules = [...securityGroupRules.values()].filter((rule) => text.includes(rule.security_group_id));
  return JSON.stringify([rows, mine, rules]);
};

/** Another tenant's load balancer, with a backend at that port of this machine. */
export const createWitness = async (world: World, port: number) => {
  const member = { address: '127.0.0.1', protocol_port: port, subnet_id: undefined };
  const { id, vip_address } = await world.bob.create(tree('witness', world.cloud.facts, [member]));
  await world.bob.settled(id);
  return { id, vip_address };
};

export const openWitness = async (world: World): Promise<Witness> => {
  const backend = await listen({
    host: '127.0.0.1',
    port: 0,
    handle: (_request, response) => void response.end('here'),
  });
  const { id, vip_address } = await createWitness(world, backend.port);
  const before = await lookAt(world, id);
  let failed = 0;
  let sent = 0;
  let open = true;
  const ask = async (): Promise<boolean> => {
    const patience = { bodyTimeout: 10_000, headersTimeout: 10_000 };
    const { statusCode, body } = await request(`http://${vip_address}/`, patience);
    await body.dump();
    return statusCode === 200;
  };
  const traffic = (async () => {
    while (open && world.cloud.runsHaproxy) {
      sent += 1;
      if (!(await ask().catch(() => false))) failed += 1;
      await pause(EVERY_MS);
    }
  })();
  return {
    failures: () => failed,
    requests: () => sent,
    changes: async () => ((await lookAt(world, id)) === before ? [] : ['another load balancer was changed']),
    stop: async () => {
      open = false;
      await traffic;
      await backend.stop();
    },
  };
};
