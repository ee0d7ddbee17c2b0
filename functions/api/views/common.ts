import type { LoadBalancerObject, NamedObject } from '../../../lib/models/base.ts';
import type { NamedView, ObjectView } from './shapes.ts';

/** A time as the API writes it: UTC, to the second, without a zone. */
export const timestamp = (time: string | null): string | null => (time === null ? null : time.slice(0, 19));

/** An object that is only named by its id. */
export const idOnly = (id: string): { readonly id: string } => ({ id });

/** What every object shows. */
export const objectView = (object: LoadBalancerObject & { readonly enabled: boolean }): ObjectView => ({
  id: object.id,
  project_id: object.project_id,
  tenant_id: object.project_id,
  provisioning_status: object.provisioning_status,
  operating_status: object.operating_status,
  admin_state_up: object.enabled,
  created_at: timestamp(object.created_at),
  updated_at: timestamp(object.updated_at),
  tags: object.tags,
});

/** What every object with a name shows. */
export const namedView = (
  object: NamedObject & { readonly enabled: boolean; readonly description: string },
): NamedView => ({
  ...objectView(object),
  name: object.name,
  description: object.description,
});

/** Fields of `namedView` that lists can be filtered and sorted by. */
export const NAMED_FIELDS = [
  'id',
  'name',
  'description',
  'project_id',
  'provisioning_status',
  'operating_status',
  'admin_state_up',
  'created_at',
  'updated_at',
] as const;
