import * as z from 'zod';
import type { Amphora } from '../../../lib/models/amphora.ts';
import type { Operation } from '../../../lib/models/operation.ts';
import { AmphoraStatus } from '../../../lib/models/statuses.ts';
import type { Projection } from './projection.ts';

export interface NewAmphora {
  readonly id: string;
  /** The one that is there already, and is not built. */
  readonly spare: Amphora | null;
}

/** The amphorae of an operation. */
export interface AmphoraPlan {
  readonly comes: readonly NewAmphora[];
  readonly goes: readonly string[];
  /** What is there before and after. */
  readonly stays: readonly Amphora[];
}

const named = z.array(z.object({ amphora_id: z.string() }));
const replacements = z.array(z.object({ amphora_id: z.string(), leaving: named }));
const idsOf = (list: z.infer<typeof named>): readonly string[] => list.map(({ amphora_id }) => amphora_id);

const planOf = ({ flow, input, amphora_id }: Operation, present: readonly Amphora[]) => {
  const all = present.map(({ id }) => id);
  switch (flow) {
    case 'create-load-balancer':
      return { comes: idsOf(named.parse(input.amphorae)), goes: [] };
    case 'failover-load-balancer':
      return { comes: idsOf(named.parse(input.amphorae)), goes: all };
    case 'failover-amphora': {
      const replaced = replacements.parse(input.replacements);
      return { comes: idsOf(replaced), goes: replaced.flatMap(({ leaving }) => idsOf(leaving)) };
    }
    case 'delete-load-balancer':
      return { comes: [], goes: all };
    case 'delete-amphora':
      return { comes: [], goes: amphora_id === null ? [] : [amphora_id] };
    default:
      return { comes: [], goes: [] };
  }
};

/** Which amphorae the operation would build, delete, and leave. */
export const amphoraPlan = ({ operation, before, after }: Projection): AmphoraPlan => {
  const present = (before?.tree.amphorae ?? []).filter(({ status }) => status !== AmphoraStatus.DELETED);
  if (operation === null) return { comes: [], goes: [], stays: present };
  const { comes, goes } = planOf(operation, present);
  // A spare becomes the load balancer's with the commit.
  const spareOf = (id: string) => after?.tree.amphorae.find((amphora) => amphora.id === id) ?? null;
  return {
    comes: comes.map((id) => ({ id, spare: spareOf(id) })),
    goes,
    stays: present.filter(({ id }) => !goes.includes(id)),
  };
};
