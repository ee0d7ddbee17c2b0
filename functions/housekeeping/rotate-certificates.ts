import { ControllerWorker } from '../../lib/controller-worker.ts';
import { wantedIssuer } from '../../lib/drivers/certificate/wanted-issuer.ts';
import { createPutEvents } from '../../lib/events/put-events.ts';
import { rotationConfig } from '../../lib/settings/config.ts';
import { logger } from '../../lib/tools/logger.ts';
import { metricLine } from '../../lib/tools/metric-line.ts';
import { type RotationRound, rotateCertificates } from '../../lib/upkeep/certificates.ts';
import { UPKEEP } from '../../lib/upkeep/round.ts';
import { unlessFrozen } from '../../lib/upkeep/unless-frozen.ts';

/** Milliseconds in which rotations begin: a minute less than the function's own limit. */
const ROUND_MS = 240_000;
const ANSWERED = 100;

/**
 * Replaces the certificates of amphorae that end soon, of every load balancer and of spares, so many at a time. Runs
 * every hour. Two runs at the same time do no harm, and the next run continues after a crash.
 */
export const handler = unlessFrozen(async (): Promise<RotationRound> => {
  const { expiryBuffer, atOnce, expiredFailover } = rotationConfig();
  const done = await rotateCertificates({
    worker: new ControllerWorker(UPKEEP),
    putEvents: createPutEvents(),
    expiryBuffer,
    issuer: await wantedIssuer(),
    atOnce,
    expiredFailover,
    until: Date.now() + ROUND_MS,
  });
  const counts = {
    CertificatesDue: done.due,
    CertificatesRotated: done.rotated,
    CertificatesFailed: done.failed,
    CertificatesLeft: done.left,
    CertificatesHalted: Number(done.halted),
    CertificatesOverdue: done.alarms.length,
    CertificatesExpired: done.alarms.filter(({ expired }) => expired).length,
  };
  logger.info('rotation of certificates', metricLine(Date.now(), { Function: 'RotateCertificates' }, counts));
  // An answer has a limit of its own; each of them is in the log, and an event.
  return { ...done, alarms: done.alarms.slice(0, ANSWERED) };
});
