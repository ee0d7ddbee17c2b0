import * as z from 'zod';
import { objectShape } from '../views/shapes.ts';

/** An L7 rule as GET, PUT and POST show it. */
export const l7RuleShape = z
  .strictObject({
    ...objectShape.shape,
    type: z.enum([
      'HOST_NAME',
      'PATH',
      'FILE_TYPE',
      'HEADER',
      'COOKIE',
      'SSL_CONN_HAS_CERT',
      'SSL_VERIFY_RESULT',
      'SSL_DN_FIELD',
    ]),
    compare_type: z.enum(['REGEX', 'STARTS_WITH', 'ENDS_WITH', 'CONTAINS', 'EQUAL_TO']),
    key: z.string().nullable(),
    value: z.string(),
    invert: z.boolean(),
  })
  .meta({ id: 'L7Rule' });
export type L7RuleView = z.infer<typeof l7RuleShape>;
