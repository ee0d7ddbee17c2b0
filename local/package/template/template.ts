import * as z from 'zod';

const resource = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DependsOn: z.union([z.string(), z.array(z.string())]).optional(),
});

const template = z.looseObject({
  Resources: z.record(z.string(), resource),
  Parameters: z.record(z.string(), z.unknown()).default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Outputs: z.record(z.string(), z.unknown()).default({}),
});

export type Resource = z.infer<typeof resource>;
export type Template = z.infer<typeof template>;

/** @throws ZodError it is no CloudFormation template */
export const readTemplate = (value: unknown): Template => template.parse(value);

/** The resources of one type, with their logical ids. */
export const resourcesOf = (source: Template, type: string): readonly (readonly [string, Resource])[] =>
  Object.entries(source.Resources).filter(([, found]) => found.Type === type);
