import { octavia } from '../rest/octavia.ts';
import { tokenOf } from '../rest/token.ts';
import type { CloudBench, Topology } from './bench.ts';
import type { CloudBenchFacts } from './facts.ts';
import { ensureFlavor } from './flavors.ts';
import type { MeasureOptions } from './options.ts';
import type { Results } from './results.ts';
import { stages } from './stages.ts';

const round = (seconds: number): number => Math.round(seconds * 1000) / 1000;
const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Runs the stages one after another. One that fails is said under `FAILED <stage>`; what it left is deleted.
 * @param say one line for each figure as it comes
 */
export const measureCloud = async (
  options: MeasureOptions,
  { cloudsFile, subnets }: CloudBenchFacts,
  say: (line: string) => void,
): Promise<Results> => {
  const clientsOf = (user: string) => {
    const newToken = (): Promise<string> => tokenOf(cloudsFile, user);
    const single = octavia(options.url, newToken);
    const standby = options.standbyUrl === options.url ? single : octavia(options.standbyUrl, newToken);
    return { SINGLE: single, ACTIVE_STANDBY: standby };
  };
  const [tenants, admins] = [clientsOf(options.user), clientsOf(options.admin)];
  const flavorOf = async (topology: Topology): Promise<string | null> =>
    options.flavors[topology] ?? (options.makeFlavors ? await ensureFlavor(admins[topology], topology) : null);

  const results: Record<string, number[] | string> = {};
  const left = new Map<string, Topology>();
  const bench: CloudBench = {
    repeat: options.repeat,
    subnets,
    tenant: (topology) => tenants[topology],
    admin: (topology) => admins[topology],
    flavors: { SINGLE: await flavorOf('SINGLE'), ACTIVE_STANDBY: await flavorOf('ACTIVE_STANDBY') },
    note: (name, seconds) => {
      const known = results[name];
      if (Array.isArray(known)) known.push(round(seconds));
      else results[name] = [round(seconds)];
      say(`${name.padEnd(70)} ${seconds.toFixed(2).padStart(8)} s`);
    },
    remember: (topology, id) => left.set(id, topology),
  };

  /** Deletes what a stage has left behind, whatever state it is in. */
  const clear = async (): Promise<void> => {
    for (const [id, topology] of left) {
      const client = tenants[topology];
      if ((await client.show(id)) !== null) {
        await client.untilActive(id).catch((error: unknown) => say(words(error)));
        const status = (await client.show(id))?.provisioning_status;
        if (status === 'ACTIVE' || status === 'ERROR') {
          await client.send('DELETE', `/lbaas/loadbalancers/${id}?cascade=true`);
          await client.untilGone(id);
        }
      }
      left.delete(id);
    }
  };

  for (const name of options.stages) {
    say(`-- ${name} ${new Date().toISOString()}`);
    try {
      await stages[name](bench);
    } catch (error) {
      results[`FAILED ${name}`] = words(error);
      say(`FAILED ${name}: ${words(error)}`);
    }
    await clear();
  }
  await Promise.all([...Object.values(tenants), ...Object.values(admins)].map((client) => client.close()));
  return results;
};
