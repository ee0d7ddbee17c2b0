import type { LoadBalancerApi } from '../../cloud/load-balancer-api.ts';

export type Values = Readonly<Record<string, unknown>>;

/** One object that was accepted, and what was accepted of it since. */
interface Entry {
  readonly api: LoadBalancerApi;
  readonly path: string;
  /** Path of what it is below; its deletion deletes this object. */
  readonly parent: string | null;
  wanted: Values;
  /** Accepted: a deletion. Unknown: a kill left the deletion without an answer, and it was refused afterwards. */
  removal: 'none' | 'accepted' | 'unknown';
  /** Values of updates that a kill left without an answer, and that were refused afterwards. */
  readonly perhaps: Values[];
}

/** What honest clients were promised. */
export interface Journal {
  readonly entries: ReadonlyMap<string, Entry>;
  created(api: LoadBalancerApi, path: string, parent: string | null, wanted: Values): void;
  updated(path: string, wanted: Values, certain: boolean): void;
  removed(path: string, certain: boolean): void;
  /** What is lost, undone or without the wanted values, once all is settled. */
  unkept(): Promise<readonly string[]>;
}

/** The object in an answer: the only field of the body. */
export const objectIn = (body: unknown): Values => {
  const [object] = Object.values(Object(body));
  return typeof object === 'object' && object !== null ? { ...object } : {};
};

const REST = ['ACTIVE', 'ERROR'];

const problemsOf = (entry: Entry, status: number, object: Values): readonly string[] => {
  const { path, removal, wanted, perhaps } = entry;
  const now = status === 404 ? 'GONE' : String(object.provisioning_status ?? status);
  if (removal === 'accepted') {
    return now === 'GONE' || now === 'ERROR' ? [] : [`${path}: its deletion was accepted, and it is ${now}`];
  }
  if (now === 'GONE' && removal === 'unknown') return [];
  if (!REST.includes(now)) return [`${path}: it was accepted, and is ${now}`];
  return Object.entries(wanted).flatMap(([key, value]) =>
    [value, ...perhaps.map((values) => values[key])].includes(object[key])
      ? []
      : [`${path}: ${key} is ${object[key]}, and ${value} was accepted`],
  );
};

export const createJournal = (): Journal => {
  const entries = new Map<string, Entry>();
  const below = (path: string): readonly string[] => [
    path,
    ...[...entries.values()].filter(({ parent }) => parent === path).flatMap((entry) => below(entry.path)),
  ];
  return {
    entries,
    created: (api, path, parent, wanted) => {
      entries.set(path, { api, path, parent, wanted, removal: 'none', perhaps: [] });
    },
    updated: (path, wanted, certain) => {
      const entry = entries.get(path);
      if (entry === undefined) return;
      if (certain) entry.wanted = { ...entry.wanted, ...wanted };
      else entry.perhaps.push(wanted);
    },
    removed: (path, certain) => {
      for (const one of below(path)) {
        const entry = entries.get(one);
        if (entry !== undefined && entry.removal !== 'accepted') entry.removal = certain ? 'accepted' : 'unknown';
      }
    },
    unkept: async () => {
      const found: string[] = [];
      for (const entry of entries.values()) {
        const { status, body } = await entry.api.call('GET', entry.path);
        found.push(...problemsOf(entry, status, objectIn(body)));
      }
      return found;
    },
  };
};
