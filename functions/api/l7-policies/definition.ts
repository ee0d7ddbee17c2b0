import * as z from 'zod';
import { givenUrlRule } from '../../../lib/amphora/render/fields/http.ts';
import { L7_ACTIONS, type L7Policy } from '../../../lib/models/objects/l7.ts';
import {
  descriptionField,
  emptiedTagsField,
  enabledField,
  nameField,
  projectFields,
} from '../children/common-fields.ts';
import { newObject, type Place } from '../children/new-object.ts';
import type { Relations } from '../children/trees.ts';
import { fieldsOf, shown, shownOnly } from '../fields/field.ts';
import { attributes, integer, listOf, oneOf, ruled, uuid } from '../fields/fields.ts';
import { resourceOf } from '../fields/resource.ts';
import { nestedFields as ruleFields } from '../l7-rules/definition.ts';
import { idOnly } from '../views/common.ts';
import { id, idsShape, string } from '../views/shapes.ts';
import { checkTargets, impliedAction, settledAction } from './action.ts';

const { optional, mandatory } = fieldsOf<L7Policy>();

/** Behind all others: a position past the end appends. */
const LAST_POSITION = 2_147_483_647;

const CODES = [301, 302, 303, 307, 308] as const;
const WRONG_CODE = { error: `Value should be one of: ${CODES.join(', ')}` };

const action = oneOf(L7_ACTIONS);
const url = { input: ruled(givenUrlRule), initial: () => null, shape: () => string().nullable() };

export const L7_POLICY = resourceOf<L7Policy, unknown, Relations>()({
  argument: 'l7policy',
  wrapper: 'l7policy',
  plural: 'l7policies',
  schema: 'L7Policy',
  fields: {
    name: nameField,
    description: descriptionField,
    admin_state_up: enabledField,
    action: mandatory({ attribute: 'action', input: action, shape: () => action }),
    redirect_pool_id: optional({
      attribute: 'redirect_pool_id',
      input: uuid(),
      initial: () => null,
      shape: () => id().nullable(),
    }),
    redirect_url: optional({ attribute: 'redirect_url', ...url }),
    redirect_prefix: optional({ attribute: 'redirect_prefix', ...url }),
    redirect_http_code: optional({
      attribute: 'redirect_http_code',
      input: z.union([z.number(), z.string()], WRONG_CODE).transform(Number).pipe(z.literal(CODES, WRONG_CODE)),
      initial: () => null,
      shape: () => z.literal(CODES).nullable(),
    }),
    position: optional({
      attribute: 'position',
      input: integer(1, LAST_POSITION),
      initial: () => LAST_POSITION,
      reset: null,
      shape: () => z.int().min(1),
    }),
    tags: emptiedTagsField,
  },
  shown: {
    listener_id: shown(id, ({ listener_id }) => listener_id),
    rules: shownOnly(idsShape, (policy, related) =>
      (related?.l7_rules ?? []).filter(({ l7policy_id }) => l7policy_id === policy.id).map(({ id }) => idOnly(id)),
    ),
  },
  hidden: { loadbalancer_id: ({ load_balancer_id }) => load_balancer_id },
});

const rules = listOf(ruleFields).nullish();

/** Fields of POST. */
export const createFields = attributes({ ...L7_POLICY.posts, rules, ...projectFields, listener_id: uuid().nullable() });

/** Fields of a policy that comes with its listener. */
export const nestedFields = { ...L7_POLICY.posts, rules };
const ownFields = attributes(L7_POLICY.posts);

/** Fields of PUT: absent keeps, null resets where there is something to reset to. */
export const updateFields = attributes(L7_POLICY.puts);

/** The L7 policy that the fields ask for. @throws ApiError 400 its action lacks a target, or has two */
export const draftL7Policy = (
  place: Place & { readonly listener_id: string },
  fields: z.infer<typeof ownFields>,
): L7Policy => {
  checkTargets(fields.action, fields);
  const own = L7_POLICY.draft(fields, null);
  return { ...newObject(place), ...own, ...settledAction(own), listener_id: place.listener_id };
};

const ACTION_FIELDS = ['action', 'redirect_pool_id', 'redirect_url', 'redirect_prefix', 'redirect_http_code'] as const;

/** What a PUT changes: the action with its target, when anything of it is given; a target without an action decides on it. */
export const l7PolicyUpdates = (fields: z.infer<typeof updateFields>, policy: L7Policy): Partial<L7Policy> => {
  const updates = L7_POLICY.updates(fields, null);
  if (ACTION_FIELDS.every((field) => fields[field] === undefined)) return updates;
  const action = fields.action ?? impliedAction(fields) ?? policy.action;
  return { ...updates, ...settledAction({ ...policy, ...updates, action }) };
};
