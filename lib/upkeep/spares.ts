import type { ControllerWorker } from '../controller-worker.ts';
import { ImmutableObjectError } from '../errors/flow.ts';
import { AmphoraNotFound } from '../errors/not-found.ts';
import type { Amphora } from '../models/objects/amphora.ts';
import { AmphoraStatus } from '../models/statuses.ts';
import { listSpares } from '../repositories/fleet/spares.ts';
import { logger } from '../tools/logger.ts';

/** What a spare is to be made of now. */
export interface SpareModel {
  readonly imageId: string;
  readonly flavorId: string;
}

export interface SparePlan {
  /** How many are to be built. */
  readonly build: number;
  /** The spares to delete. */
  readonly remove: readonly Amphora[];
}

export interface SparePool {
  readonly size: number;
  /** Seconds; 0 for any age. */
  readonly maxAge: number;
  readonly model: SpareModel;
  /** ms since 1970. */
  readonly now: number;
}

/** One that failed keeps its place for so long: what cannot be built must not be tried all the time. */
const FAILED_MS = 300_000;

const BUILDING: readonly AmphoraStatus[] = [
  AmphoraStatus.PENDING_CREATE,
  AmphoraStatus.BOOTING,
  AmphoraStatus.ALLOCATED,
];

const age = (moment: string | null, now: number): number => (moment === null ? 0 : now - Date.parse(moment));

/**
 * What brings the pool to its size. One of another image or flavor is of no use and goes at once; one that is too old serves
 * until enough others are READY; what is more than the size goes, oldest first.
 */
export const planSpares = (spares: readonly Amphora[], { size, maxAge, model, now }: SparePool): SparePlan => {
  const of = (...statuses: readonly AmphoraStatus[]) => spares.filter(({ status }) => statuses.includes(status));
  const ready = of(AmphoraStatus.READY);
  const failed = of(AmphoraStatus.ERROR);
  const fits = ({ image_id, compute_flavor }: Amphora) =>
    image_id === model.imageId && compute_flavor === model.flavorId;
  const isOld = ({ created_at }: Amphora) => maxAge > 0 && age(created_at, now) > maxAge * 1000;
  const usable = ready.filter(fits);
  const fresh = usable.filter((spare) => !isOld(spare));
  const superfluous = fresh.length >= size ? [...usable.filter(isOld), ...fresh.slice(0, fresh.length - size)] : [];
  return {
    build: Math.max(0, size - fresh.length - failed.length - of(...BUILDING).length),
    remove: [
      ...failed.filter(({ updated_at }) => age(updated_at, now) > FAILED_MS),
      ...ready.filter((spare) => !fits(spare)),
      ...superfluous,
    ],
  };
};

export interface KeepSparesParts {
  readonly worker: Pick<ControllerWorker, 'createAmphora' | 'deleteAmphora'>;
  readonly model: () => Promise<SpareModel>;
  readonly size: number;
  readonly maxAge: number;
  /** @default the clock */
  readonly now?: () => number;
}

export interface SpareRound {
  readonly ready: number;
  readonly built: number;
  readonly removed: number;
}

/** Taken, or at work, since it was listed: the next round looks again. */
const removed = async (worker: KeepSparesParts['worker'], { id }: Amphora): Promise<boolean> => {
  try {
    await worker.deleteAmphora(id);
    return true;
  } catch (error) {
    if (error instanceof ImmutableObjectError || error instanceof AmphoraNotFound) return false;
    throw error;
  }
};

/** Commits what brings the pool to its size. With a size of 0 there is no pool, and nothing is done. */
export const keepSpares = async (parts: KeepSparesParts): Promise<SpareRound> => {
  const { worker, size, maxAge, now = Date.now } = parts;
  if (size === 0) return { ready: 0, built: 0, removed: 0 };
  const [spares, model] = await Promise.all([listSpares(), parts.model()]);
  const plan = planSpares(spares, { size, maxAge, model, now: now() });
  let count = 0;
  for (const spare of plan.remove) if (await removed(worker, spare)) count += 1;
  for (let built = 0; built < plan.build; built += 1) await worker.createAmphora();
  const ready = spares.filter(({ status }) => status === AmphoraStatus.READY).length;
  if (count + plan.build > 0) logger.info('spares', { ready, building: plan.build, removing: count });
  return { ready, built: plan.build, removed: count };
};
