import type { MiddlewareObj } from '@middy/core';
import * as z from 'zod';
import { InvalidArgumentError } from '../errors/flow.ts';

const uuid = z.guid();

/** The part of every task's input that says which operation it works for. */
export const flowInput = {
  operation_id: uuid,
  fence: z.int().positive(),
  target: z.enum(['load_balancer', 'amphora']),
  loadbalancer_id: uuid.nullable(),
  amphora_id: uuid.nullable(),
};

/** A task for one load balancer. */
export const loadBalancerInput = z.looseObject({ ...flowInput, loadbalancer_id: uuid });

/** A task for one amphora, of a load balancer or a spare. */
export const amphoraInput = z.looseObject({ ...flowInput, amphora_id: uuid });

/** A task for one amphora of a load balancer. */
export const loadBalancerAmphoraInput = z.looseObject({ ...flowInput, loadbalancer_id: uuid, amphora_id: uuid });

/** Replaces the event by the parsed one. @throws InvalidArgumentError names the field */
export const parseInput = <Input>(name: string, schema: z.ZodType<Input>): MiddlewareObj<Input> => ({
  before: (request) => {
    const parsed = schema.safeParse(request.event);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new InvalidArgumentError(`${name}.${issue?.path.join('.') ?? ''}`, issue?.message ?? 'is malformed');
    }
    request.event = parsed.data;
  },
});
