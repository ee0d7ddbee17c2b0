import * as z from 'zod';

/** Where a table of a process of its own is, and where it says how much processor time it has used. */
export const tablePlace = z.object({ endpoint: z.string(), usage: z.string() });
export type TablePlace = z.infer<typeof tablePlace>;

/** Tells the scripts of this folder where it is. */
export const environmentOf = ({ endpoint, usage }: TablePlace) => ({
  TEST_DYNAMODB_ENDPOINT: endpoint,
  TABLE_USAGE: usage,
});

const used = z.object({ user: z.number(), system: z.number() });

/** Microseconds of processor time that the table has used so far. */
export const tableUsage = async (): Promise<number> => {
  const { user, system } = used.parse(await (await fetch(process.env.TABLE_USAGE ?? '')).json());
  return user + system;
};
