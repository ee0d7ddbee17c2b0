/** What a haproxy configuration text says about its proxies, as the agent reads it back. */
export interface Frontend {
  readonly id: string;
  readonly mode: string;
  readonly tls: boolean;
}

export interface BackendServer {
  readonly id: string;
  readonly checked: boolean;
  readonly disabled: boolean;
  readonly weight: number;
}

export interface Backend {
  readonly name: string;
  readonly servers: readonly BackendServer[];
}

export interface Outline {
  readonly frontends: readonly Frontend[];
  readonly backends: readonly Backend[];
}

const SECTIONS = ['global', 'defaults', 'peers', 'frontend', 'backend', 'listen', 'userlist', 'resolvers', 'cache'];

interface Section {
  readonly keyword: string;
  readonly name: string;
  readonly lines: string[];
}

const sections = (config: string): Section[] => {
  const result: Section[] = [];
  for (const line of config.split('\n')) {
    if (/^\s*(#|$)/.test(line)) continue;
    if (/^\S/.test(line)) {
      const [keyword = '', name = ''] = line.trim().split(/\s+/);
      result.push({ keyword, name, lines: [] });
    } else result.at(-1)?.lines.push(line.trim());
  }
  return result;
};

const server = (line: string): BackendServer => {
  const words = line.split(/\s+/);
  const weight = words.indexOf('weight');
  return {
    id: words[1] ?? '',
    checked: words.includes('check'),
    disabled: words.includes('disabled'),
    weight: weight < 0 ? 1 : Number(words[weight + 1]),
  };
};

const isInternal = ({ name }: Section): boolean => name.includes('prometheus');

/** Frontends and backends of a configuration; the exporter's own are left out. */
export const outline = (config: string): Outline => {
  const all = sections(config).filter((section) => !isInternal(section));
  return {
    frontends: all
      .filter(({ keyword }) => keyword === 'frontend')
      .map(({ name, lines }) => ({
        id: name,
        mode:
          lines
            .find((line) => line.startsWith('mode '))
            ?.slice(5)
            .trim() ?? '',
        tls: lines.some((line) => /^bind \S+ ssl crt-list /.test(line)),
      })),
    backends: all
      .filter(({ keyword }) => keyword === 'backend')
      .map(({ name, lines }) => ({ name, servers: lines.filter((line) => line.startsWith('server ')).map(server) })),
  };
};

/** The coarse check for hosts without haproxy: section words, a mode in each frontend. null when nothing is wrong. */
export const syntaxComplaint = (config: string): string | null => {
  const all = sections(config);
  if (all.length === 0) return 'the configuration is empty';
  const unknown = all.find(({ keyword }) => !SECTIONS.includes(keyword));
  if (unknown !== undefined) return `unknown keyword '${unknown.keyword}' out of section`;
  const modeless = outline(config).frontends.find(({ mode }) => mode !== 'http' && mode !== 'tcp');
  return modeless === undefined ? null : `frontend '${modeless.id}' has no mode`;
};
