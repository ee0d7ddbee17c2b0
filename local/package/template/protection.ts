import * as z from 'zod';
import { resourcesOf, type Template } from './template.ts';

const table = z.looseObject({
  DeletionPolicy: z.literal('Retain'),
  UpdateReplacePolicy: z.literal('Retain'),
  Properties: z.looseObject({
    DeletionProtectionEnabled: z.literal(true),
    PointInTimeRecoverySpecification: z.looseObject({ PointInTimeRecoveryEnabled: z.literal(true) }),
  }),
});

const balancer = z.looseObject({
  Properties: z.looseObject({
    LoadBalancerAttributes: z
      .array(z.object({ Key: z.string(), Value: z.string() }))
      .refine((all) => all.some(({ Key, Value }) => Key === 'deletion_protection.enabled' && Value === 'true'), {
        error: 'lacks deletion_protection.enabled',
      }),
  }),
});

const PROTECTED: Readonly<Record<string, z.ZodType>> = {
  'AWS::DynamoDB::Table': table,
  'AWS::ElasticLoadBalancingV2::LoadBalancer': balancer,
};

/** No table and no receivers' balancer goes with its stack, or by a deletion that was meant for something else. */
export const checkProtection = (template: Template): readonly string[] =>
  Object.entries(PROTECTED).flatMap(([type, schema]) =>
    resourcesOf(template, type).flatMap(([id, resource]) => {
      const { success, error } = schema.safeParse(resource);
      return success ? [] : error.issues.map(({ path, message }) => `${id}.${path.join('.')}: ${message}`);
    }),
  );
