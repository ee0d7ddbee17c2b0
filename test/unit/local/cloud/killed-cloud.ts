import { combinedConfig } from './agent/amphora-config.ts';
import { attachVrrpPort, testCloud, testWorker } from './helpers.ts';

const LB = '11111111-2222-4333-8444-000000000004';

/** The program of a process that is going to be killed: a cloud with one amphora that serves; says its VIP. */
export const run = async (dataFolder: string, memberPort: number): Promise<void> => {
  const cloud = await testCloud({ dataFolder });
  const worker = await testWorker(cloud);
  const amphora = await worker.boot();
  const vip = (await attachVrrpPort(cloud, worker, amphora)).fixedIps[0]?.ipAddress ?? '';
  await worker.amphora.uploadHaproxyConfig(amphora, LB, combinedConfig({ lb: LB, vip, port: 8080, memberPort }));
  await worker.amphora.start(amphora, LB);
  console.log(vip);
};
