import type * as z from 'zod';
import type { Offering, OfferingKind, OfferingProfile } from '../../../lib/models/offering.ts';
import type { ProfileChanges } from '../../../lib/repositories/offerings/offering-profiles.ts';
import type { OfferingChanges } from '../../../lib/repositories/offerings/offerings.ts';
import { bool, text } from '../fields/fields.ts';
import { askedFields } from '../lists/list-query.ts';
import type { View } from '../lists/match.ts';
import type { ApiAnswer, ApiRequest } from '../request/request.ts';
import { narrow } from '../views/common.ts';

/** How one kind of object is called, read and shown. */
export interface Words<Object, New, Changes> {
  /** What upstream's messages call the whole body. */
  readonly argument: string;
  readonly wrapper: string;
  readonly plural: string;
  /** null for a list without links. @default `<plural>_links` */
  readonly linksKey?: string | null;
  readonly createFields: z.ZodType<New>;
  readonly updateFields: z.ZodType<Changes>;
  readonly view: (object: Object) => View;
  /** Fields a list can be filtered and sorted by. */
  readonly searchable: readonly string[];
}

export type NewOffering = Pick<Offering, 'name' | 'profile_id'> & {
  readonly description?: string | null | undefined;
  readonly enabled?: boolean | undefined;
};

/** What PUT of an offering says: absent keeps; a description is reset by null. */
export type OfferingUpdate = Omit<
  { readonly [Field in keyof OfferingChanges]: OfferingChanges[Field] | undefined },
  'description'
> & {
  readonly description?: string | null | undefined;
};

export type NewProfile = Pick<OfferingProfile, 'name' | 'provider_name' | 'data'>;

/** What PUT of a profile says: absent keeps, and nothing can be reset. */
export type ProfileUpdate = { readonly [Field in keyof ProfileChanges]: ProfileChanges[Field] | null | undefined };

/** Flavors, or availability zones, with their profiles. */
export interface OfferingResource {
  readonly kind: OfferingKind;
  readonly offering: Words<Offering, NewOffering, OfferingUpdate>;
  readonly profile: Words<OfferingProfile, NewProfile, ProfileUpdate> & {
    /** The field that holds the JSON text. */
    readonly dataField: string;
  };
}

/** A name that a path can hold. */
export const offeringName = () =>
  text(255).refine((value) => value !== '', { error: 'Value should have a minimum character requirement of 1' });

export const newOfferingFields = {
  name: offeringName(),
  description: text(255).nullish(),
  enabled: bool().optional(),
};

export const changedOfferingFields = { description: text(255).nullish(), enabled: bool().optional() };

/** Longest text of a profile's data. */
export const DATA_LENGTH = 4096;

/** One object, narrowed to the fields that are asked for. */
export const shown = <Object>(
  request: ApiRequest,
  { wrapper, view }: Pick<Words<Object, unknown, unknown>, 'wrapper' | 'view'>,
  object: Object,
): ApiAnswer => ({ status: 200, body: { [wrapper]: narrow(view(object), askedFields(request.query)) } });
