import * as z from 'zod';

/** What an amphora has counted for a listener; `conns` is how many connections there are now. */
export interface Counters {
  readonly tx: number;
  readonly rx: number;
  readonly conns: number;
  readonly totconns: number;
  readonly ereq: number;
}

export interface ReportedPool {
  readonly status: string;
  /** By member id. */
  readonly members: ReadonlyMap<string, string>;
}

/** A heartbeat in one form, whatever its version. */
export interface HeartbeatMessage {
  readonly amphoraId: string;
  /** Counted from the start of the agent. */
  readonly sequence: number;
  readonly version: number;
  readonly listeners: ReadonlyMap<string, { readonly status: string; readonly stats: Counters }>;
  readonly pools: ReadonlyMap<string, ReportedPool>;
}

/** From this version on counters are what was added since the message before; until then they are totals. */
export const DELTA_VERSION = 3;

/** In this version UDP listeners without an enabled member are not reported. */
export const SILENT_UDP_VERSION = 0;

const count = z.int().min(0);
const counters = z.object({ tx: count, rx: count, conns: count, totconns: count, ereq: count });
/** The known words are shorter; haproxy can write more behind them. */
const STATUS_LENGTH = 32;
const status = z.string().transform((word) => word.slice(0, STATUS_LENGTH));
/** A pool has two ids and a colon. */
const ID_LENGTH = 73;

const object = z.custom<object>((value) => typeof value === 'object' && value !== null && !Array.isArray(value));
/** An object by ids, read as a map: three times as fast as `z.record`, which would be most of the check's time. */
const byId = <T>(schema: z.ZodType<T>) =>
  object.transform((values, { issues }): ReadonlyMap<string, T> => {
    const map = new Map<string, T>();
    for (const [id, value] of Object.entries(values)) {
      const read = schema.safeParse(value);
      if (!read.success || id.length > ID_LENGTH) {
        issues.push({ code: 'custom', input: value, path: [id] });
        return z.NEVER;
      }
      map.set(id, read.data);
    }
    return map;
  });

const pools = byId(z.object({ status, members: byId(status) }));
const shape = z.object({
  id: z.string().regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
  seq: count,
  ver: count.default(0),
  listeners: byId(z.object({ status, stats: counters, pools: pools.optional() })),
  pools: pools.optional(),
});

/** haproxy's pools are named with their listener: `<pool id>:<listener id>`. */
const poolId = (key: string): string => {
  const colon = key.lastIndexOf(':');
  return colon < 0 ? key : key.slice(0, colon);
};

/** Reads parsed JSON; null when it is no heartbeat. */
export const readMessage = (json: unknown): HeartbeatMessage | null => {
  const parsed = shape.safeParse(json);
  if (!parsed.success) return null;
  const { id, seq, ver, listeners, pools: ofAll = [] } = parsed.data;
  // As upstream: until version 1 each listener has its own pools, and the first report of a pool counts; then the last.
  const groups = [...listeners.values()].map((one) => [...(one.pools ?? [])]);
  const inOrder = [...groups.toReversed().flat(), ...ofAll];
  return {
    amphoraId: id,
    sequence: seq,
    version: ver,
    listeners: new Map([...listeners].map(([key, { status, stats }]) => [key, { status, stats }])),
    pools: new Map(inOrder.map(([key, pool]) => [poolId(key), pool])),
  };
};
