import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

/** A TypeScript source: its path from the repository's root, its lines, and the paths of the sources that it imports. */
export interface Source {
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly string[];
}

/** The sources below some folders of the repository, by path. */
export const sourcesBelow = (root: string, folders: readonly string[]): Source[] =>
  folders
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => posix.join(folder, name)),
    )
    .filter((path) => path.endsWith('.ts'))
    .sort()
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      const imports = [...text.matchAll(/^(?:import|export)\b[^;'"]*?\bfrom '(\.[^']+)'|\bimport\('(\.[^']+)'\)/gm)];
      return {
        path,
        lines: text.split('\n').length - 1,
        imports: imports.map(([, from, lazy]) => posix.join(dirname(path), from ?? lazy ?? '')),
      };
    });

/** How many of all sources import each path. */
export const importers = (sources: readonly Source[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const { imports } of sources) {
    for (const path of new Set(imports)) counts.set(path, (counts.get(path) ?? 0) + 1);
  }
  return counts;
};

/** Groups of two and more folders below `room` that import each other in a circle, largest first. */
export const folderKnots = (sources: readonly Source[], room: string): string[][] => {
  const graph = new Map<string, Set<string>>();
  for (const { path, imports } of sources) {
    const from = dirname(path);
    if (!`${from}/`.startsWith(`${room}/`)) continue;
    const to = graph.get(from) ?? new Set();
    for (const folder of imports.map(dirname))
      if (`${folder}/`.startsWith(`${room}/`) && folder !== from) to.add(folder);
    graph.set(from, to);
  }
  return stronglyConnected(graph)
    .filter((group) => group.length > 1)
    .sort((one, other) => other.length - one.length);
};

/** The strongly connected components of a graph (Tarjan). */
const stronglyConnected = (graph: ReadonlyMap<string, ReadonlySet<string>>): string[][] => {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const components: string[][] = [];
  const visit = (node: string): void => {
    order.set(node, order.size);
    lowest.set(node, order.size - 1);
    stack.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!order.has(next)) visit(next);
      if (stack.includes(next)) lowest.set(node, Math.min(lowest.get(node) ?? 0, lowest.get(next) ?? 0));
    }
    if (lowest.get(node) === order.get(node)) components.push(stack.splice(stack.indexOf(node)).sort());
  };
  for (const node of graph.keys()) if (!order.has(node)) visit(node);
  return components;
};
