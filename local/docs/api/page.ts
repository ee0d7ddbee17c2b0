import * as z from 'zod';
import { answers } from '../../../functions/api/openapi/answers.ts';
import { requestBodies } from '../../../functions/api/openapi/request-bodies.ts';
import type { AnyRoute } from '../../../functions/api/request/router.ts';
import { FIELDS, type Fields, NOTES, OPERATIONS } from './upstream.ts';

const BEGIN = '<!-- from here on written by `npm run docs` -->';

/** Where a field is. */
interface Places {
  readonly post: boolean;
  readonly put: boolean;
  readonly shown: boolean;
}

const described = z.looseObject({
  properties: z.record(z.string(), z.looseObject({})).optional(),
  items: z.looseObject({ properties: z.record(z.string(), z.looseObject({})).optional() }).optional(),
});

const words = (text: string | undefined): readonly string[] => (text ?? '').split(' ').filter((word) => word !== '');

/** Names of the fields that a request takes. */
const takenBy = (key: string): readonly string[] => {
  const taken = requestBodies[key];
  if (taken === undefined) return [];
  const schema = z.toJSONSchema(taken.fields, { io: 'input', unrepresentable: 'any' });
  return Object.keys(described.parse(schema).properties ?? {});
};

/** Names of the fields that are in the one wrapper of an answer. */
const shownBy = (key: string): readonly string[] => {
  const body = answers[key]?.body;
  if (!body) return [];
  const schema = z.toJSONSchema(body, { unrepresentable: 'any', reused: 'inline' });
  const definitions = z.record(z.string(), described).parse(schema.$defs ?? {});
  const resolved = (found: z.infer<typeof described> | undefined): z.infer<typeof described> | undefined =>
    typeof found?.$ref === 'string' ? definitions[found.$ref.replace('#/$defs/', '')] : found;
  const [inside] = Object.values(described.parse(schema).properties ?? {});
  const wrapped = inside === undefined ? undefined : resolved(described.parse(inside));
  const object = wrapped?.items === undefined ? wrapped : resolved(described.parse(wrapped.items));
  return Object.keys(object?.properties ?? {});
};

/** Where the fields of a resource are here. */
export const placesHere = (path: string): ReadonlyMap<string, Places> => {
  const one = path.includes('quotas') ? '' : '/{id}';
  const [post, put] = [takenBy(`POST ${path}`), takenBy(`PUT ${path}${one}`)];
  const shown = shownBy(answers[`GET ${path}${one}`] === undefined ? `GET ${path}` : `GET ${path}${one}`);
  return new Map(
    [...new Set([...shown, ...post, ...put])].map((field) => [
      field,
      { post: post.includes(field), put: put.includes(field), shown: shown.includes(field) },
    ]),
  );
};

/** Where upstream has them. */
export const placesUpstream = (fields: Fields): ReadonlyMap<string, Places> => {
  const { anywhere, onCreate, onUpdate, created, shown } = fields;
  const named = (text: string | undefined, places: Places) => words(text).map((field) => [field, places] as const);
  return new Map([
    ...named(anywhere, { post: true, put: true, shown: true }),
    ...named(onCreate, { post: true, put: false, shown: true }),
    ...named(onUpdate, { post: false, put: true, shown: true }),
    ...named(created, { post: true, put: false, shown: false }),
    ...named(shown, { post: false, put: false, shown: true }),
  ]);
};

const placeWords = ({ post, put, shown }: Places): string =>
  [post && 'POST', put && 'PUT', shown && 'answer'].filter((word) => word !== false).join(', ');

/** How a thing here stands to upstream's: as there, at other places, missing, or added. */
const stateOf = (upstream: string | undefined, here: string | undefined): string => {
  if (here === undefined) return '**missing**';
  if (upstream === undefined) return 'added';
  return upstream === here ? 'as upstream' : `**differs**: upstream ${upstream}`;
};

const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const operationRows = (routes: readonly AnyRoute[]): readonly string[] => {
  const here = new Map(routes.map(({ method, path }) => [`${method} ${path}`, answers[`${method} ${path}`]?.status]));
  const upstream = new Map(OPERATIONS.map(([method, path, status]) => [`${method} ${path}`, status]));
  const keys = [...new Set([...upstream.keys(), ...here.keys()])];
  return keys.map((key) => {
    const state = stateOf(upstream.get(key)?.toString(), here.get(key)?.toString());
    return row(`\`${key}\``, `${here.get(key) ?? ''}`, state, NOTES[key] ?? '');
  });
};

const fieldRows = (path: string, fields: Fields): readonly string[] => {
  const [upstream, here] = [placesUpstream(fields), placesHere(path)];
  return [...new Set([...upstream.keys(), ...here.keys()])].map((field) => {
    const [there, ours] = [upstream.get(field), here.get(field)];
    const state = stateOf(there && placeWords(there), ours && placeWords(ours));
    return row(`\`${field}\``, ours === undefined ? '' : placeWords(ours), state, NOTES[`${path} ${field}`] ?? '');
  });
};

/** The tables: every operation, and every field of every resource. */
export const apiTables = (routes: readonly AnyRoute[]): string =>
  [
    '## Every operation',
    [row('operation', 'success', 'state', 'note'), '|---|---|---|---|', ...operationRows(routes)].join('\n'),
    '## Every field',
    ...Object.entries(FIELDS).map(([path, fields]) =>
      [`### \`${path}\`\n`, row('field', 'in', 'state', 'note'), '|---|---|---|---|', ...fieldRows(path, fields)].join(
        '\n',
      ),
    ),
  ].join('\n\n');

/**
 * The page docs/api.md with its tables written again. @throws Error the page has lost the mark that they stand behind
 */
export const apiPage = (page: string, routes: readonly AnyRoute[]): string => {
  const at = page.indexOf(BEGIN);
  if (at < 0) throw new Error(`docs/api.md lacks the line ${BEGIN}`);
  return `${page.slice(0, at)}${BEGIN}\n\n${apiTables(routes)}\n`;
};
