/** What a keepalived VRRP configuration says, as far as an election needs it. */
export interface VrrpInstance {
  readonly priority: number;
  readonly addresses: readonly string[];
}

/** Reads priority and virtual addresses out of a configuration text. */
export const vrrpInstance = (config: string): VrrpInstance => {
  const blocks = [...config.matchAll(/virtual_ipaddress(?:_excluded)?\s*\{([^}]*)\}/g)];
  return {
    priority: Number(/^\s*priority\s+(\d+)/m.exec(config)?.[1] ?? 0),
    addresses: blocks.flatMap(([, content = '']) =>
      content.split('\n').flatMap((line) => line.trim().split(/[\s/]/)[0] || []),
    ),
  };
};
