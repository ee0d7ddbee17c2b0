/** How many are worked on at a time, unless the caller says it. */
const LANES = 128;

export interface Lanes<Job> {
  put(key: string, job: Job): void;
  /** Jobs that wait. */
  waiting(): number;
  /** Waits until nothing is left to do. */
  idle(): Promise<void>;
}

interface Lane<Job> {
  readonly queue: Job[];
  working: Promise<void> | null;
}

/** One key always has the same lane, so that its jobs stay in their order. */
const laneOf = (key: string, lanes: number): number => {
  let hash = 0;
  for (let index = 0; index < key.length; index += 1) hash = (hash * 31 + key.charCodeAt(index)) | 0;
  return Math.abs(hash) % lanes;
};

/**
 * Runs jobs, many keys at a time and one after the other for each.
 * @param limit jobs that may wait; of more than that the oldest of the lane is dropped
 * @param run must not fail
 * @param atOnce lanes @default 128
 */
export const createLanes = <Job>(
  limit: number,
  run: (job: Job) => Promise<void>,
  dropped: (job: Job) => void,
  atOnce = LANES,
): Lanes<Job> => {
  const perLane = Math.max(1, Math.ceil(limit / atOnce));
  const lanes = Array.from({ length: atOnce }, (): Lane<Job> => ({ queue: [], working: null }));

  const work = async (lane: Lane<Job>): Promise<void> => {
    for (let job = lane.queue.shift(); job !== undefined; job = lane.queue.shift()) await run(job);
    lane.working = null;
  };

  return {
    put: (key, job) => {
      const lane = lanes[laneOf(key, atOnce)];
      if (lane === undefined) return;
      lane.queue.push(job);
      if (lane.queue.length > perLane) {
        const oldest = lane.queue.shift();
        if (oldest !== undefined) dropped(oldest);
      }
      lane.working ??= work(lane);
    },
    waiting: () => lanes.reduce((sum, { queue }) => sum + queue.length, 0),
    idle: async () => {
      await Promise.all(lanes.map(({ working }) => working));
    },
  };
};
