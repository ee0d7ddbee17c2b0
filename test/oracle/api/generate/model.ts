import type { Played } from '../play.ts';

export const KINDS = [
  'loadbalancer',
  'listener',
  'pool',
  'member',
  'healthmonitor',
  'l7policy',
  'rule',
  'flavor',
  'flavorprofile',
  'availability_zone',
  'availability_zone_profile',
] as const;
export type Kind = (typeof KINDS)[number];

type Fields = Readonly<Record<string, unknown>>;

/** An object of which upstream has told. */
export interface Known {
  readonly kind: Kind;
  /** As upstream shows it, with names for ids. */
  readonly fields: Fields;
  /** The id of what it belongs to: load balancer, pool, listener, policy; or that of nothing. */
  readonly parent: string;
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const keyOf = ({ kind, fields }: Known): string => text(kind === 'availability_zone' ? fields.name : fields.id);

const ROUTE = /^\/v2(?:\.0)?\/lbaas\/([a-z0-9]+)(?:\/([^/]+)(?:\/(members|rules)(?:\/([^/]+))?)?)?$/;

/** What upstream has so far, as its answers say: where the next request can reach. */
export class Model {
  readonly #known = new Map<string, Known>();

  all(kind: Kind): readonly Known[] {
    return [...this.#known.values()].filter((one) => one.kind === kind);
  }

  below(kind: Kind, parent: string): readonly Known[] {
    return this.all(kind).filter((one) => one.parent === parent);
  }

  find(id: unknown): Known | undefined {
    return this.#known.get(text(id));
  }

  #add(kind: Kind, fields: Fields, parent: string): void {
    const known = { kind, fields, parent };
    const key = keyOf(known);
    if (key !== '') this.#known.set(key, known);
  }

  #addTree(kind: Kind, fields: Fields, parent: string): void {
    this.#add(kind, fields, parent);
    const id = text(fields.id);
    const owner = kind === 'loadbalancer' ? id : parent;
    const nested = (field: string, child: Kind, of: string) => {
      for (const one of listOf(fields[field])) if (Object.keys(one).length > 1) this.#addTree(child, one, of);
    };
    nested('listeners', 'listener', owner);
    nested('pools', 'pool', owner);
    nested('members', 'member', id);
    nested('l7policies', 'l7policy', id);
    nested('rules', 'rule', id);
    const { healthmonitor } = fields;
    if (isFields(healthmonitor)) this.#add('healthmonitor', healthmonitor, id);
  }

  #remove(id: string): void {
    this.#known.delete(id);
    for (const [key, one] of this.#known) if (one.parent === id) this.#remove(key);
  }

  #parentOf(kind: Kind, fields: Fields, path: string): string {
    const [, , owner = ''] = ROUTE.exec(path) ?? [];
    if (kind === 'member' || kind === 'rule') return owner;
    if (kind === 'l7policy') return text(fields.listener_id);
    const refs = kind === 'healthmonitor' ? fields.pools : fields.loadbalancers;
    return text(listOf(refs)[0]?.id);
  }

  learn({ step, upstream }: Played): void {
    const { method, path } = step;
    const [, , first = '', , last] = ROUTE.exec(path) ?? [];
    if (method === 'DELETE' && upstream.status === 204) this.#remove(last ?? first);
    if (upstream.status === 404 && method === 'GET') this.#remove(last ?? first);
    if (!isFields(upstream.body) || upstream.status >= 300) return;
    for (const kind of KINDS) {
      const fields = upstream.body[kind];
      if (!isFields(fields) || step.query.some(([name]) => name === 'fields')) continue;
      if (method === 'POST') this.#addTree(kind, fields, this.#parentOf(kind, fields, path));
      else if (this.find(fields.id ?? fields.name) !== undefined) {
        this.#add(kind, fields, this.find(fields.id ?? fields.name)?.parent ?? '');
      }
    }
    const [, , pool] = ROUTE.exec(path) ?? [];
    if (method === 'GET' && pool !== undefined) {
      for (const member of listOf(upstream.body.members)) if (member.address) this.#add('member', member, pool);
    }
  }
}
