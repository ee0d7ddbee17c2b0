import type * as z from 'zod';
import type { FlavorOrZone, FlavorOrZoneKind, FlavorOrZoneProfile } from '../../../lib/models/flavors-and-zones.ts';
import { invalidOption } from '../answers/refusals.ts';
import * as common from '../children/common-fields.ts';
import { type Field, fieldsOf } from '../fields/field.ts';
import { bool, text, uuid } from '../fields/fields.ts';
import type { Base } from '../fields/resource.ts';
import { askedFields } from '../lists/list-query.ts';
import type { View } from '../lists/match.ts';
import type { ApiAnswer, ApiRequest } from '../request/request.ts';
import { narrow } from '../views/common.ts';
import { id, string } from '../views/shapes.ts';

const { mandatory } = fieldsOf<FlavorOrZone>();
const ofProfiles = fieldsOf<FlavorOrZoneProfile>();

/** Answers show the id before the fields. */
export const withId = <Row extends { readonly id: string }>(): Base<Row, { readonly id: z.ZodType<string> }> => ({
  shape: () => ({ id: id() }),
  view: (row) => ({ id: row.id }),
  searchable: ['id'],
});

/** Answers show no id: the name is the id. */
export const withoutId = <Row>(): Base<Row, Record<never, z.ZodType>> => ({
  shape: () => ({}),
  view: () => ({}),
  searchable: ['id'],
});

/** A name that a path can hold. */
export const nameField = mandatory({
  attribute: 'name',
  input: text(255).refine((value) => value !== '', {
    error: 'Value should have a minimum character requirement of 1',
  }),
  shape: string,
});

export const { descriptionField } = common;

type Optional<Given> = z.ZodOptional<z.ZodType<Given>>;
type Setting<Row, Key extends keyof Row, Post extends z.ZodType, Put extends z.ZodType> = Field<
  Row,
  unknown,
  { attribute: Key; given: Row[Key]; post: Post; put: Put; shape: z.ZodType<Row[Key]> }
>;

/** Nothing resets it. */
export const enabledField: Setting<FlavorOrZone, 'enabled', Optional<boolean>, Optional<boolean>> = {
  ...common.enabledField,
  post: bool().optional(),
  put: bool().optional(),
};

/** The profile that a flavor or zone has for good. */
export const profileField = mandatory({ attribute: 'profile_id', input: uuid(), shape: id });

/** @param name what bodies and answers call it */
const profileText = <Key extends 'name' | 'provider_name' | 'data'>(
  attribute: Key,
  longest: number,
  name: string,
): Setting<FlavorOrZoneProfile, Key, z.ZodType<string>, Optional<string | null>> => {
  const input = text(longest);
  return {
    ...ofProfiles.mandatory({ attribute, input, shape: string }),
    put: input.nullish(),
    /** @throws ApiError 400 a null, where the profile is there */
    update: (row: Partial<FlavorOrZoneProfile>, given: string | null) => {
      if (given === null) throw invalidOption('None', name);
      row[attribute] = given;
    },
  };
};

/** The fields of every profile. */
export const profileFields = {
  name: profileText('name', 255, 'name'),
  provider_name: profileText('provider_name', 255, 'provider_name'),
};

/** JSON text that the provider takes. */
export const dataField = (name: string) => profileText('data', 4096, name);

/** What its verbs need of the definition of a resource of operators. */
export interface OperatorsResource<Row, New, Changes> {
  readonly kind: FlavorOrZoneKind;
  /** What upstream's messages call the whole body. */
  readonly argument: string;
  readonly wrapper: string;
  readonly plural: string;
  /** @default `<plural>_links` */
  readonly linksKey?: string;
  readonly createFields: z.ZodType<New>;
  readonly updateFields: z.ZodType<Changes>;
  readonly draft: (fields: New, context: null) => Omit<Row, 'id' | 'created_at'>;
  readonly updates: (fields: Changes, context: null) => Partial<Row>;
  readonly view: (row: Row, related: null) => View;
  /** Fields a list can be filtered and sorted by. */
  readonly searchable: readonly string[];
}

/** One object, narrowed to the fields that are asked for. */
export const shown = <Row>(
  request: ApiRequest,
  { wrapper, view }: Pick<OperatorsResource<Row, unknown, unknown>, 'wrapper' | 'view'>,
  row: Row,
): ApiAnswer => ({ status: 200, body: { [wrapper]: narrow(view(row, null), askedFields(request.query)) } });
