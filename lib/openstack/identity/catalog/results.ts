import * as z from 'zod';

/** The part of a token's catalog that endpoints are chosen by. */
export const catalogResult = z.array(
  z.object({
    type: z.string(),
    endpoints: z.array(
      z.object({
        interface: z.string(),
        url: z.string(),
        region_id: z.string().nullish(),
        region: z.string().nullish(),
      }),
    ),
  }),
);

export type Catalog = z.infer<typeof catalogResult>;
