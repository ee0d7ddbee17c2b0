import * as z from 'zod';
import { id, idOnlyShape, many, namedShape } from '../views/shapes.ts';

/** An L7 policy as GET, PUT and POST show it. */
export const l7PolicyShape = z
  .strictObject({
    ...namedShape.shape,
    listener_id: id(),
    action: z.enum(['REJECT', 'REDIRECT_TO_URL', 'REDIRECT_TO_POOL', 'REDIRECT_PREFIX']),
    redirect_pool_id: id().nullable(),
    redirect_url: z.string().nullable(),
    redirect_prefix: z.string().nullable(),
    redirect_http_code: z.literal([301, 302, 303, 307, 308]).nullable(),
    position: z.int().min(1),
    rules: many(idOnlyShape),
  })
  .meta({ id: 'L7Policy' });
export type L7PolicyView = z.infer<typeof l7PolicyShape>;
