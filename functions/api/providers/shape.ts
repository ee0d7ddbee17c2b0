import * as z from 'zod';

/** A provider, or a key that a profile can be made of, and what it does. */
export const describedShape = z.strictObject({ name: z.string(), description: z.string() });
export type DescribedView = z.infer<typeof describedShape>;
