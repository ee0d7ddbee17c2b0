import type { SpecDatabase } from '@aws-cdk/service-spec-types';
import { isObject } from '../../json.ts';
import type { Template } from './template.ts';

/** What one value refers to: a logical id or parameter, with an attribute for GetAtt. */
interface Reference {
  readonly target: string;
  readonly attribute: string | null;
  readonly path: string;
}

const reference = (text: string, path: string): Reference => {
  const [target = '', ...attribute] = text.split('.');
  return { target, attribute: attribute.length === 0 ? null : attribute.join('.'), path };
};

const substitutions = (value: unknown, path: string): readonly Reference[] => {
  const [text, variables] = Array.isArray(value) ? value : [value, {}];
  if (typeof text !== 'string') return [{ target: '(Fn::Sub without a text)', attribute: null, path }];
  const own = isObject(variables) ? Object.keys(variables) : [];
  return [...text.matchAll(/\$\{([^!}][^}]*)\}/g)]
    .map((match) => match[1] ?? '')
    .filter((name) => !own.includes(name))
    .map((name) => reference(name, path));
};

/** Every Ref, GetAtt and Sub variable inside a value. */
function* referencesIn(value: unknown, path: string): Generator<Reference> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* referencesIn(item, `${path}[${index}]`);
    return;
  }
  if (!isObject(value)) return;
  for (const [key, item] of Object.entries(value)) {
    if (key === 'Ref') yield { target: String(item), attribute: null, path };
    else if (key === 'Fn::GetAtt') yield reference(Array.isArray(item) ? item.join('.') : String(item), path);
    else if (key === 'Fn::Sub') yield* substitutions(item, path);
    yield* referencesIn(item, `${path}.${key}`);
  }
}

const listOf = (dependsOn: string | string[] | undefined): readonly string[] =>
  typeof dependsOn === 'string' ? [dependsOn] : (dependsOn ?? []);

const checkReference = (
  db: SpecDatabase,
  template: Template,
  { target, attribute, path }: Reference,
): string | null => {
  if (target.startsWith('AWS::')) return null;
  if (attribute === null && target in template.Parameters) return null;
  const type = template.Resources[target]?.Type;
  if (type === undefined) return `${path}: refers to ${target}, which does not exist`;
  if (attribute === null) return null;
  const [spec] = db.lookup('resource', 'cloudFormationType', 'equals', type);
  return spec !== undefined && !(attribute in spec.attributes)
    ? `${path}: ${type} has no attribute ${attribute}`
    : null;
};

/** A way round from a resource back to itself, or null. */
const cycleFrom = (edges: ReadonlyMap<string, readonly string[]>): readonly string[] | null => {
  const done = new Set<string>();
  const visit = (name: string, trail: readonly string[]): readonly string[] | null => {
    if (trail.includes(name)) return [...trail.slice(trail.indexOf(name)), name];
    if (done.has(name)) return null;
    for (const next of edges.get(name) ?? []) {
      const cycle = visit(next, [...trail, name]);
      if (cycle !== null) return cycle;
    }
    done.add(name);
    return null;
  };
  for (const name of edges.keys()) {
    const cycle = visit(name, []);
    if (cycle !== null) return cycle;
  }
  return null;
};

/** Every reference has its target, every attribute exists, and no resource needs itself to be made first. */
export const checkReferences = (db: SpecDatabase, template: Template): readonly string[] => {
  const edges = new Map<string, readonly string[]>();
  const problems: (string | null)[] = [];
  for (const [id, resource] of Object.entries(template.Resources)) {
    const found = [...referencesIn(resource.Properties, id)];
    const needed = listOf(resource.DependsOn).map((target) => ({ target, attribute: null, path: `${id}.DependsOn` }));
    problems.push(...[...found, ...needed].map((one) => checkReference(db, template, one)));
    edges.set(
      id,
      [...found, ...needed].map((one) => one.target),
    );
  }
  problems.push(...[...referencesIn(template.Outputs, 'Outputs')].map((one) => checkReference(db, template, one)));
  const cycle = cycleFrom(edges);
  return [
    ...problems.filter((problem) => problem !== null),
    ...(cycle === null ? [] : [`a circle: ${cycle.join(' > ')}`]),
  ];
};
