import { attributes, uuid } from '../fields/fields.ts';
import { rootedListenerFields } from '../graph/body.ts';

/** Fields of POST. */
export const createFields = attributes({ ...rootedListenerFields, loadbalancer_id: uuid().nullable() });
