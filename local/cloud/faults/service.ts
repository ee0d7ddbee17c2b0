import * as z from 'zod';
import { json, parsed } from '../http/body.ts';
import type { Service } from '../http/listener.ts';
import { HttpProblem } from '../http/problem.ts';
import { openRoute as route } from '../http/router.ts';
import type { Faults } from './faults.ts';
import { faultRule } from './rules.ts';

const MODES = ['normal', 'mute', 'absent', 'foreign'] as const;

const wish = z.strictObject({
  rules: z.array(faultRule).optional(),
  /** Text of the fault of each server to come. */
  failNextServers: z.array(z.string()).optional(),
  /** How many servers shall stay in BUILD, after those that fail. */
  stallNextServers: z.int().min(0).optional(),
  /** Modes of the agents to come. */
  nextAgents: z.array(z.enum(MODES)).optional(),
  agents: z.record(z.string(), z.enum(MODES)).optional(),
  /** Ids of servers to kill. */
  crash: z.array(z.string()).optional(),
});

const apply = async (faults: Faults, body: Buffer): Promise<void> => {
  const wanted = parsed(wish, json(body), (path, message) => new HttpProblem(400, { message, path }));
  faults.clear();
  for (const rule of wanted.rules ?? []) faults.add(rule);
  for (const message of wanted.failNextServers ?? []) faults.failNextServer(message);
  if (wanted.stallNextServers !== undefined) faults.stallNextServer(wanted.stallNextServers);
  for (const mode of wanted.nextAgents ?? []) faults.setNextAgentMode(mode);
  try {
    for (const [serverId, mode] of Object.entries(wanted.agents ?? {})) await faults.setAgentMode(serverId, mode);
    for (const serverId of wanted.crash ?? []) await faults.crashServer(serverId);
  } catch (error) {
    throw new HttpProblem(404, { message: error instanceof Error ? error.message : String(error) });
  }
};

/** The faults over HTTP, without a token: PUT replaces all rules, GET shows them, DELETE forgets them. */
export const faultsService = (faults: () => Faults): Service => ({
  name: 'faults',
  prefix: '/_faults',
  notFound: () => ({ message: 'GET, PUT or DELETE /_faults' }),
  routes: [
    route('GET /', () => ({ status: 200, body: { rules: faults().rules() } })),
    route('PUT /', async ({ body }) => {
      await apply(faults(), body);
      return { status: 200, body: { rules: faults().rules() } };
    }),
    route('DELETE /', () => {
      faults().clear();
      return { status: 204 };
    }),
  ],
});
