import { fieldsOf } from '../fields/field.ts';
import { bool, tags, text } from '../fields/fields.ts';
import { flag, many, string } from '../views/shapes.ts';

interface Common {
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly tags: readonly string[];
}

const { optional } = fieldsOf<Common>();

export const nameField = optional({
  attribute: 'name',
  input: text(255),
  initial: () => '',
  shape: string,
  keptByBatch: true,
});

export const descriptionField = optional({
  attribute: 'description',
  input: text(255),
  initial: () => '',
  shape: string,
});

/** Absent is true, null is false. */
export const enabledField = optional({
  attribute: 'enabled',
  input: bool(),
  initial: (_context, given) => given === undefined,
  shape: flag,
});

const tagged = {
  attribute: 'tags',
  input: tags(),
  initial: () => [],
  shape: () => many(string()),
  searchable: false,
} as const;

/** A null in a PUT keeps them. */
export const tagsField = optional({ ...tagged, reset: null, keptByBatch: true });

/** A null in a PUT empties them, as upstream does for L7 policies and rules. */
export const emptiedTagsField = optional(tagged);

/** What POST takes, and nothing comes of: a child's project is its load balancer's. */
export const projectFields = { project_id: text(36).nullish(), tenant_id: text(36).nullish() };

/** Fields every object takes on POST. A child's project is its load balancer's, whatever is said. */
export const commonCreateFields = {
  name: text(255).nullish(),
  admin_state_up: bool().nullish(),
  project_id: text(36).nullish(),
  tenant_id: text(36).nullish(),
  tags: tags().nullish(),
};

/** Fields of an object that comes with its parent: its project is not asked for. */
export const ofParent = <Fields extends Pick<typeof commonCreateFields, 'project_id' | 'tenant_id'>>({
  project_id: _project,
  tenant_id: _tenant,
  ...fields
}: Fields) => fields;

/** Fields every object takes on PUT. */
export const commonUpdateFields = {
  name: text(255).nullish(),
  admin_state_up: bool().nullish(),
  tags: tags().nullish(),
};

interface CommonFields {
  readonly name?: string | null | undefined;
  readonly admin_state_up?: boolean | null | undefined;
  readonly tags?: readonly string[] | null | undefined;
}

/** Absent fields are not among the updates; null is the field's reset value. Tags have none: a null keeps them. */
export const commonUpdates = ({ name, admin_state_up, tags: given }: CommonFields) => ({
  ...(name !== undefined && { name: name ?? '' }),
  ...(admin_state_up !== undefined && { enabled: admin_state_up ?? false }),
  ...(given && { tags: given }),
});
