import { fieldsOf } from '../fields/field.ts';
import { bool, tags, text } from '../fields/fields.ts';
import { flag, many, string } from '../views/shapes.ts';

export const nameField = fieldsOf<{ readonly name: string }>().optional({
  attribute: 'name',
  input: text(255),
  initial: () => '',
  shape: string,
  keptByBatch: true,
});

export const descriptionField = fieldsOf<{ readonly description: string }>().optional({
  attribute: 'description',
  input: text(255),
  initial: () => '',
  shape: string,
});

/** Absent is true, null is false. */
export const enabledField = fieldsOf<{ readonly enabled: boolean }>().optional({
  attribute: 'enabled',
  input: bool(),
  initial: (_context, given) => given === undefined,
  shape: flag,
});

const tagsOf = fieldsOf<{ readonly tags: readonly string[] }>().optional;
const tagged = {
  attribute: 'tags',
  input: tags(),
  initial: () => [],
  shape: () => many(string()),
  searchable: false,
} as const;

/** A null in a PUT keeps them. */
export const tagsField = tagsOf({ ...tagged, reset: null, keptByBatch: true });

/** A null in a PUT empties them, as upstream does for L7 policies and rules. */
export const emptiedTagsField = tagsOf(tagged);

/** What POST takes, and nothing comes of: a child's project is its load balancer's. */
export const projectFields = { project_id: text(36).nullish(), tenant_id: text(36).nullish() };
