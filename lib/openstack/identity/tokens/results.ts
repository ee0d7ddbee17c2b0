import * as z from 'zod';
import { catalogResult } from '../catalog/results.ts';

const reference = z.object({ id: z.string() });

/** Body of POST /auth/tokens. */
export const issuedToken = z.object({
  token: z.object({
    issued_at: z.string(),
    expires_at: z.string(),
    user: reference,
    project: reference.nullish(),
    catalog: catalogResult.default([]),
  }),
});

/** Body of GET /auth/tokens. */
export const validatedToken = z.object({
  token: z.object({
    expires_at: z.string(),
    user: reference,
    project: z.object({ id: z.string(), domain: reference }).nullish(),
    roles: z.array(z.object({ name: z.string() })).default([]),
    system: z.object({ all: z.boolean() }).nullish(),
  }),
});

export type ValidatedToken = z.infer<typeof validatedToken>['token'];
