/** What the comments of an LVS configuration say; the agent has no other source for the ids. */
export interface LvsOutline {
  readonly listenerId: string | null;
  readonly listenerDisabled: boolean;
  readonly poolId: string | null;
  readonly monitored: boolean;
  readonly members: readonly { readonly id: string; readonly disabled: boolean; readonly weight: number }[];
}

/** Reads listener, pool and members, in the order of the text. */
export const lvsOutline = (config: string): LvsOutline => {
  const id = (type: string): string | null =>
    new RegExp(`# (?:Configuration for )?${type} (\\S+)`).exec(config)?.[1] ?? null;
  const blocks = config.split(/^\s*(?=# (?:Configuration for )?Member )/m).slice(1);
  return {
    listenerId: id('Listener'),
    listenerDisabled: /# Listener \S+ is disabled/.test(config),
    poolId: /# Pool \S+ is disabled/.test(config) ? null : id('Pool'),
    monitored: /MISC_CHECK|HTTP_GET|TCP_CHECK/.test(config),
    members: blocks.flatMap((block) => {
      const member = /# (?:Configuration for )?Member (\S+)/.exec(block)?.[1];
      if (member === undefined) return [];
      const weight = Number(/^\s*weight\s+(\d+)/m.exec(block)?.[1] ?? 1);
      return [{ id: member, disabled: /# Member \S+ is disabled/.test(block), weight }];
    }),
  };
};
