import * as z from 'zod';
import { count } from '../views/shapes.ts';

/** The five numbers of an answer. */
export const totalsFields = {
  bytes_in: count(),
  bytes_out: count(),
  active_connections: count(),
  total_connections: count(),
  request_errors: count(),
};
export const totalsShape = z.strictObject(totalsFields).meta({ id: 'Statistics' });
export type Totals = z.infer<typeof totalsShape>;
