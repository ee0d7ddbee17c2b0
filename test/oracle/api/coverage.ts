import type { Played } from './play.ts';

/** The route of a path: what is between slashes and not of the API is an id. */
export const routeOf = (path: string): string =>
  path
    .replace(/^\/v2(?:\.0)?\/(?:lbaas|octavia)/, '')
    .replace(/«[^»]*»|[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f-]{27}/g, '{id}');

/** How often each route was answered with each status by both. */
export class Coverage {
  readonly #counts = new Map<string, Map<number, number>>();
  pairs = 0;

  add({ step, upstream }: Played): void {
    this.pairs += 1;
    const route = `${step.method} ${routeOf(step.path)}`;
    const statuses = this.#counts.get(route) ?? new Map<number, number>();
    statuses.set(upstream.status, (statuses.get(upstream.status) ?? 0) + 1);
    this.#counts.set(route, statuses);
  }

  /** A line for each route that was asked often enough to matter. */
  lines(least = 5): readonly string[] {
    const rows = [...this.#counts]
      .map(([route, statuses]) => ({ route, statuses: [...statuses].toSorted(([one], [other]) => one - other) }))
      .filter(({ statuses }) => statuses.reduce((sum, [, count]) => sum + count, 0) >= least)
      .toSorted((one, other) => one.route.localeCompare(other.route));
    const width = Math.max(0, ...rows.map(({ route }) => route.length));
    return rows.map(
      ({ route, statuses }) =>
        `${route.padEnd(width)}  ${statuses.map(([status, count]) => `${status}:${count}`).join(' ')}`,
    );
  }
}
