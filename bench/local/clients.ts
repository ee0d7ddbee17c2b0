/** Does the jobs 0 to `count` - 1, with so many at a time; the first failure ends all. */
export const runClients = async (
  clients: number,
  count: number,
  job: (index: number) => Promise<void>,
): Promise<void> => {
  let next = 0;
  const client = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      await job(index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(clients, count) }, client));
};
