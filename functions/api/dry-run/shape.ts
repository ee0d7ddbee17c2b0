import * as z from 'zod';
import { FLOWS } from '../../../lib/models/flows.ts';
import { QUOTA_RESOURCES } from '../../../lib/models/objects/quota.ts';
import { many } from '../views/shapes.ts';

const fields = z.record(z.string(), z.unknown());

const operationShape = z
  .strictObject({
    flow: z.enum(FLOWS),
    begins: z.enum(['at once', 'joins', 'waits']).meta({
      description: 'joins: the running operation carries it; waits: a limit has no room for it now',
    }),
    joins: z.string().nullable().meta({ description: 'id of the operation that would carry it' }),
    waits_for: z
      .strictObject({ limit: z.enum(['operations', 'builds', 'failovers', 'project_operations']), position: z.int() })
      .nullable()
      .meta({ description: 'the limit, and the place in its line' }),
  })
  .nullable()
  .meta({ description: 'null: no flow would run' });

const objectShape = z.strictObject({
  action: z.enum(['create', 'update', 'delete']),
  type: z.string().meta({ description: 'as the wrapper of the object in the API: listener, healthmonitor, flavor' }),
  id: z.string().meta({ description: 'of what would be created, one that stands for the id it would get' }),
  object: fields.nullable().meta({ description: 'what would be created, as its answer would show it' }),
  changes: z
    .record(z.string(), z.strictObject({ before: z.unknown(), after: z.unknown() }))
    .nullable()
    .meta({ description: 'fields that would change' }),
});

const resourceShape = z.strictObject({
  action: z.enum(['create', 'update', 'delete']),
  kind: z.enum(['port', 'server', 'security_group', 'server_group']),
  name: z.string().meta({ description: 'in Nova or Neutron' }),
  network_id: z.string().nullable().meta({ description: 'for ports' }),
});

const quotaShape = z
  .strictObject({
    project_id: z.string(),
    resources: many(
      z.strictObject({
        resource: z.enum(QUOTA_RESOURCES),
        before: z.int(),
        after: z.int(),
        limit: z.int().meta({ description: '-1: no limit' }),
      }),
    ),
  })
  .nullable()
  .meta({ description: 'null: nothing that is counted would come or go' });

const fileShape = z.strictObject({
  amphora_id: z.string(),
  file: z.string().meta({ description: 'haproxy.cfg, or keepalivedlvs-<listener id>.conf' }),
  diff: z.string().meta({ description: 'unified' }),
});

/** What a write answers with `dry_run=true`. */
export const dryRunShape = z
  .strictObject({
    dry_run: z.strictObject({
      operation: operationShape,
      objects: many(objectShape),
      external_resources: many(resourceShape),
      quota: quotaShape,
      configuration: many(fileShape),
    }),
  })
  .meta({ id: 'DryRun' });

type Answered = z.infer<typeof dryRunShape>['dry_run'];
export type DryRunView = Answered;
export type OperationView = Answered['operation'];
export type ObjectChange = Answered['objects'][number];
export type ResourceChange = Answered['external_resources'][number];
export type QuotaView = Answered['quota'];
export type FileChange = Answered['configuration'][number];
