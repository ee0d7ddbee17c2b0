import type { After, Step } from '../play.ts';
import { Random } from '../random.ts';
import { IDENTITIES, type Identity, MISSING_ID, OTHER_PROJECT, PROJECT } from '../world.ts';
import { type Body, createBody, member, type Source, spoil, updateBody } from './bodies.ts';
import { type Kind, type Known, Model } from './model.ts';
import { operatorRequest } from './operator.ts';
import { fieldsQuery, listQuery, pageQuery } from './queries.ts';
import { badValue } from './values.ts';

export const ROOT = '/v2.0/lbaas';

/** A request without its place in a sequence. */
export type Draft = Pick<Step, 'method' | 'path'> & Partial<Pick<Step, 'query' | 'body' | 'as' | 'after'>>;

/** The kinds that belong to tenants, where they are, and what they are made below. */
const PLACES = {
  loadbalancer: { root: 'loadbalancer', parent: null },
  listener: { root: 'listener', parent: 'loadbalancer' },
  pool: { root: 'pool', parent: 'loadbalancer' },
  member: { root: 'member', parent: 'pool' },
  healthmonitor: { root: 'healthmonitor', parent: 'pool' },
  l7policy: { root: 'l7policy', parent: 'listener' },
  rule: { root: 'rule', parent: 'l7policy' },
} as const;
type TenantKind = keyof typeof PLACES;
const TENANT_KINDS: readonly [number, TenantKind][] = [
  [2, 'loadbalancer'],
  [5, 'listener'],
  [5, 'pool'],
  [5, 'member'],
  [3, 'healthmonitor'],
  [4, 'l7policy'],
  [3, 'rule'],
];
/** More of one kind are not made below one parent, as a rule: lists get long, and no state is new. */
const MOST: Readonly<Record<TenantKind, number>> = {
  loadbalancer: 3,
  listener: 6,
  pool: 6,
  member: 4,
  healthmonitor: 1,
  l7policy: 4,
  rule: 3,
};

const collection = (kind: TenantKind, parent: string): string => {
  if (kind === 'member') return `${ROOT}/pools/${parent}/members`;
  if (kind === 'rule') return `${ROOT}/l7policies/${parent}/rules`;
  return `${ROOT}/${kind === 'l7policy' ? 'l7policies' : `${kind}s`}`;
};
const placeOf = ({ kind, parent, fields }: Known): string => {
  if (!(kind in PLACES)) return `${ROOT}/nothing`;
  return `${collection(kind as TenantKind, parent)}/${fields.id}`;
};

/** A listener that can have policies. */
const isHttp = ({ fields: { protocol } }: Known): boolean => protocol === 'HTTP' || protocol === 'TERMINATED_HTTPS';

/** Makes the steps of one sequence, each out of what came of those before. */
export class Generator implements Source {
  readonly random: Random;
  readonly model = new Model();
  #number = 0;
  #names = 0;
  /** Steps for which the worker does not come. */
  #held = 0;
  /** The worker has not come after the last step. */
  #pending = false;
  /** Quotas were set, and may be met. */
  #limited = false;

  constructor(seed: number) {
    this.random = new Random(seed);
  }

  readonly unique = (): string => {
    this.#names += 1;
    return `u${this.#number}x${this.#names}`;
  };

  next(): Step {
    this.#number += 1;
    const who = this.#identity();
    // Which of several mistakes is told first is a matter of taste: a request has one.
    this.random.oddities = who === 'member' && !this.#pending && !this.#limited ? 1 : 0;
    const draft = this.#draft();
    const { as = who, after = this.#after(draft), query = [], body, ...rest } = draft;
    this.#pending = after === 'hold';
    return { number: this.#number, ...rest, query, body, as, after };
  }

  #identity(): Identity {
    if (this.random.chance(0.85)) return 'member';
    return this.random.weighted<Identity>([
      [3, 'reader'],
      [3, 'stranger'],
      [1, 'outsider'],
      [3, 'admin'],
      [1, 'service'],
      [1, 'auditor'],
      [0.5, 'nobody'],
    ]);
  }

  #after({ method, path, query = [], body }: Draft): After {
    const { random } = this;
    if (this.#held > 0) {
      this.#held -= 1;
      return 'hold';
    }
    if (random.chance(0.05)) this.#held = random.int(1, 4);
    if (this.#held > 0) return 'hold';
    const isTree = JSON.stringify(body ?? '').match(
      /"(?:listeners|pools|members|l7policies|rules|default_pool|healthmonitor)":/,
    );
    const changes = method === 'POST' || (method === 'PUT' && /:\{"/.test(JSON.stringify(body ?? '')));
    const isAlone =
      changes && query.length === 0 && !isTree && !(method === 'PUT' && /\/(members|failover)$/.test(path));
    return isAlone && random.chance(0.04) ? 'fail' : 'settle';
  }

  #draft(): Draft {
    const { random, model } = this;
    if (model.all('loadbalancer').length === 0 && random.chance(0.8)) {
      return this.#create('loadbalancer', { spoiled: 0.05 });
    }
    return random.weighted<() => Draft>([
      [34, () => this.#create(random.weighted(TENANT_KINDS), { spoiled: 0.15 })],
      [22, () => this.#update()],
      [8, () => this.#delete()],
      [14, () => this.#list()],
      [8, () => this.#show()],
      [5, () => this.#batch()],
      [4, () => this.#tree()],
      [3, () => this.#quota()],
      [8, () => operatorRequest(this)],
      [2, () => this.#odd()],
    ])();
  }

  /** One of the kind; now and then one that is not there. */
  #any(kind: Kind, fits: (known: Known) => boolean = () => true): Known {
    const all = this.model.all(kind);
    const fitting = all.filter(fits);
    const known = fitting.length > 0 && !this.random.odd(0.04) ? fitting : all;
    if (known.length > 0 && !this.random.odd(0.04)) return this.random.pick(known);
    this.random.oddities = 0;
    return { kind, fields: { id: MISSING_ID }, parent: MISSING_ID };
  }

  /** A kind of which something is there, as a rule. */
  #kind(weights: readonly (readonly [number, TenantKind])[] = TENANT_KINDS): TenantKind {
    const there = weights.filter(([, kind]) => this.model.all(kind).length > 0);
    return this.random.weighted(there.length > 0 && this.random.chance(0.97) ? there : weights);
  }

  #create(kind: TenantKind, { spoiled }: { readonly spoiled: number }): Draft {
    const { random, model } = this;
    const { root, parent: above } = PLACES[kind];
    if (above !== null && model.all(above).length === 0 && random.chance(0.95)) return this.#create(above, { spoiled });
    const parent = above === null ? undefined : this.#any(above, kind === 'l7policy' ? isHttp : undefined);
    const owner = String(parent?.fields.id);
    const already = above === null ? model.all(kind) : model.below(kind, owner);
    if (already.length >= MOST[kind] && random.chance(0.9)) return this.#update();
    const body = createBody(kind, this, parent);
    const project = random.odd(0.04) ? { project_id: random.pick([PROJECT, OTHER_PROJECT]) } : {};
    const given = { ...(random.odd(spoiled) ? spoil(random, body) : body), ...project };
    return { method: 'POST', path: collection(kind, owner), body: { [root]: given } };
  }

  #update(): Draft {
    const { random } = this;
    const known = this.#any(this.#kind());
    const body: Body = updateBody(this, known);
    const given = random.odd(0.3) ? spoil(random, body) : body;
    return { method: 'PUT', path: placeOf(known), body: { [known.kind]: given } };
  }

  #delete(): Draft {
    const { random } = this;
    const kind = this.#kind(TENANT_KINDS.map(([weight, one]) => [one === 'loadbalancer' ? 1 : weight, one] as const));
    const cascade =
      kind === 'loadbalancer' && random.chance(0.6)
        ? [['cascade', random.pick(['true', 'True', 'false', 'x'])] as const]
        : [];
    return { method: 'DELETE', path: placeOf(this.#any(kind)), query: cascade };
  }

  #list(): Draft {
    const { random } = this;
    const kind = this.#kind();
    const { parent } = PLACES[kind];
    const owner = parent === null ? '' : String(this.#any(parent).fields.id);
    const query = random.chance(0.3) ? pageQuery(this, kind) : listQuery(this, kind);
    return { method: 'GET', path: collection(kind, owner), query };
  }

  #show(): Draft {
    const { random } = this;
    const known = this.#any(this.#kind());
    return { method: 'GET', path: placeOf(known), query: random.chance(0.3) ? fieldsQuery(this, known) : [] };
  }

  #batch(): Draft {
    const { random, model } = this;
    if (model.all('pool').length === 0) return this.#create('pool', { spoiled: 0.1 });
    const pool = this.#any('pool');
    const id = String(pool.fields.id);
    const kept = random.some(model.below('member', id)).map(({ fields: { address, protocol_port, weight } }) => ({
      address,
      protocol_port,
      ...(random.chance(0.3) && { weight }),
      ...(random.chance(0.3) && { name: this.unique() }),
    }));
    const members = [...kept, ...Array.from({ length: random.int(0, 3) }, () => member(this))];
    const given =
      members.length > 0 && random.odd(0.15) ? [spoil(random, random.pick(members)), ...members.slice(1)] : members;
    const additive = random.chance(0.4)
      ? [['additive_only', random.pick(['true', 'True', 'false', '1', 'x'])] as const]
      : [];
    return {
      method: 'PUT',
      after: 'settle',
      path: `${ROOT}/pools/${id}/members`,
      query: additive,
      body: { members: given },
    };
  }

  #tree(): Draft {
    const lb = `${ROOT}/loadbalancers/${this.#any('loadbalancer').fields.id}`;
    const listener = `${ROOT}/listeners/${this.#any('listener').fields.id}`;
    return this.random.weighted<Draft>([
      [3, { method: 'GET', path: `${lb}/status` }],
      [1, { method: 'GET', path: `${lb}/statuses` }],
      [1, { method: 'GET', path: `${lb}/stats` }],
      [1, { method: 'GET', path: `${listener}/stats` }],
      [1, { method: 'PUT', path: `${lb}/failover`, as: this.random.pick(['admin', 'member'] as const) }],
    ]);
  }

  #quota(): Draft {
    const { random } = this;
    const project = random.pick([PROJECT, PROJECT, PROJECT, OTHER_PROJECT, 'e'.repeat(32)]);
    const as = random.chance(0.8) ? 'admin' : random.pick(Object.keys(IDENTITIES) as Identity[]);
    const names = [
      'loadbalancer',
      'load_balancer',
      'listener',
      'pool',
      'member',
      'healthmonitor',
      'health_monitor',
      'l7policy',
      'l7rule',
    ];
    const value = () => (random.chance(0.9) ? random.pick([-1, -1, 1, 2, 4, 8, null]) : badValue(random));
    const quota = Object.fromEntries(random.some(names, 0.25).map((name) => [name, value()]));
    const path = `${ROOT}/quotas/${project}`;
    this.#limited = true;
    return random.weighted<Draft>([
      [4, { method: 'PUT', path, as, body: { quota } }],
      [2, { method: 'GET', path, as }],
      [1, { method: 'GET', path: `${path}/default`, as }],
      [1, { method: 'GET', path: `${ROOT}/quotas/defaults`, as }],
      [2, { method: 'GET', path: `${ROOT}/quotas`, as }],
      [2, { method: 'DELETE', path, as }],
    ]);
  }

  #odd(): Draft {
    const { random } = this;
    random.oddities = 0;
    const known = this.#any(this.#kind());
    const path = placeOf(known);
    return random.pick<Draft>([
      { method: 'GET', path: '/' },
      { method: 'GET', path: '/v2' },
      { method: 'GET', path: '/v2.0' },
      { method: 'GET', path: `${ROOT}/nothing` },
      { method: 'GET', path: path.replace('/v2.0/', '/v2/') },
      { method: 'GET', path: `${path}/` },
      { method: 'PATCH', path },
      { method: 'POST', path },
      { method: 'DELETE', path: path.replace(/\/[^/]*$/, '') },
      { method: 'PUT', path, body: '{' },
      { method: 'PUT', path, body: [] },
      { method: 'PUT', path, body: {} },
      { method: 'PUT', path },
      { method: 'PUT', path, body: { nothing: {} } },
      { method: 'PUT', path, body: { [known.kind]: badValue(random) } },
      { method: 'POST', path: path.replace(/\/[^/]*$/, ''), body: { [known.kind]: badValue(random) } },
    ]);
  }
}
