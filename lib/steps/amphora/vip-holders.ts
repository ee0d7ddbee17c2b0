import type { AmphoraDriver } from '../../drivers/amphora/amphora-driver.ts';
import type { Amphora } from '../../models/objects/amphora.ts';
import { AmphoraStatus } from '../../models/statuses.ts';

/** True when the amphora says that it has the address; an amphora that does not answer has it not. */
export const holdsVip = async (
  agents: Pick<AmphoraDriver, 'getInterface'>,
  amphora: Amphora,
  vip: string,
): Promise<boolean> => {
  if (amphora.lb_network_ip === null || amphora.status !== AmphoraStatus.ALLOCATED) return false;
  try {
    const agent = { amphoraId: amphora.id, lbNetworkIp: amphora.lb_network_ip };
    return (await agents.getInterface(agent, vip)) !== null;
  } catch {
    return false;
  }
};
