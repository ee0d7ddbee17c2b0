import * as z from 'zod';
import { FLOW_FACTS, type FlowFacts } from '../../../lib/models/flows.ts';
import type { Amphora } from '../../../lib/models/objects/amphora.ts';
import type { Operation } from '../../../lib/models/operations/operation.ts';
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

const own = ({ amphora_id }: Operation): readonly string[] => (amphora_id === null ? [] : [amphora_id]);
const replaced = ({ input }: Operation) => replacements.parse(input.replacements);

const COMES: { readonly [Which in FlowFacts['comes']]: (operation: Operation) => readonly string[] } = {
  none: () => [],
  own,
  amphorae: ({ input }) => idsOf(named.parse(input.amphorae)),
  replacements: (operation) => idsOf(replaced(operation)),
};

type Goes = (operation: Operation, present: readonly string[]) => readonly string[];
const GOES: { readonly [Which in FlowFacts['goes']]: Goes } = {
  none: () => [],
  own,
  replaced: (operation) => replaced(operation).flatMap(({ leaving }) => idsOf(leaving)),
  all: (_operation, present) => present,
  everything: (_operation, present) => present,
};

/** Which amphorae the operation would build, delete, and leave. */
export const amphoraPlan = ({ operation, before, after }: Projection): AmphoraPlan => {
  const present = (before?.tree.amphorae ?? []).filter(({ status }) => status !== AmphoraStatus.DELETED);
  if (operation === null) return { comes: [], goes: [], stays: present };
  const facts = FLOW_FACTS[operation.flow];
  const comes = COMES[facts.comes](operation);
  const goes = GOES[facts.goes](
    operation,
    present.map(({ id }) => id),
  );
  // A spare becomes the load balancer's with the commit.
  const spareOf = (id: string) => after?.tree.amphorae.find((amphora) => amphora.id === id) ?? null;
  return {
    comes: comes.map((id) => ({ id, spare: spareOf(id) })),
    goes,
    stays: present.filter(({ id }) => !goes.includes(id)),
  };
};
