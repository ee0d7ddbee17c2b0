import { listReceivers, readGovernor } from '../../../lib/repositories/health/receivers.ts';
import { authorizeProject } from '../request/authorization.ts';
import type { ApiHandler } from '../request/request.ts';
import { timestamp } from '../views/common.ts';
import type { HealthView } from './shape.ts';

/** A receiver says a word every ten seconds; one that has missed three is not there. */
const GONE_MS = 30_000;

/** GET /octavia/health: heartbeat receivers, and zones without automatic failovers because of a storm. */
export const showHealth: ApiHandler = async (request) => {
  authorizeProject(request, null);
  const now = Date.now();
  const [receivers, governor] = await Promise.all([listReceivers(), readGovernor(new Date(now).toISOString())]);
  const health: HealthView = {
    receivers: receivers.map(
      ({ id, started_at, seen_at, healthy_since, amphorae, datagrams, dropped_at, previous_key }) => ({
        id,
        healthy: healthy_since !== null && Date.parse(seen_at) > now - GONE_MS,
        healthy_since: timestamp(healthy_since),
        started_at: timestamp(started_at),
        seen_at: timestamp(seen_at),
        amphorae,
        datagrams,
        dropped_at: timestamp(dropped_at ?? null),
        previous_key: previous_key ?? 0,
      }),
    ),
    storms: governor.storms.map(({ since, ...storm }) => ({ ...storm, since: timestamp(since) })),
    doubts_observer: governor.doubts_observer,
  };
  return { status: 200, body: { health } };
};
