/** A thread that has both sides of its own, and plays one script after another. */
import { parentPort, workerData } from 'node:worker_threads';
import { startOurs } from './our-side.ts';
import { playScript, type Script } from './sequence.ts';
import { startUpstream } from './upstream-side.ts';

const [ours, upstream] = await Promise.all([startOurs(), startUpstream(workerData.python)]);

parentPort?.on('message', async (script: Script | null) => {
  if (script !== null) {
    parentPort?.postMessage(await playScript({ ours, upstream }, script));
    return;
  }
  await Promise.all([ours.stop(), upstream.stop()]);
  process.exit();
});
