import { describe, expect, it } from 'vitest';
import { CloudRequestError, CloudUnavailableError } from '../../../../lib/errors/cloud.ts';
import { type Page, type Query, readPages } from '../../../../lib/openstack/pages.ts';

const FIRST: Query = [['limit', '2']];
const behind = (marker: string): Query => [...FIRST, ['marker', marker]];
const markerOf = (query: Query): string => new Map(query).get('marker') ?? '';
const refused = (status: number) => new CloudRequestError('refused', { status });

describe('a list that is read page by page', () => {
  it('has the things of all pages, and each page knows how many came before', async () => {
    const pages: Readonly<Record<string, Page<string>>> = {
      '': { items: ['a', 'b'], next: behind('b') },
      b: { items: ['c'], next: null },
    };
    const counts: number[] = [];
    const found = await readPages('things', FIRST, async (query, before) => {
      counts.push(before);
      return pages[markerOf(query)] ?? { items: [], next: null };
    });
    expect(found).toEqual(['a', 'b', 'c']);
    expect(counts).toEqual([0, 2]);
  });

  it.each([404, 400])('is read from the start when the marker was deleted meanwhile (%i)', async (status) => {
    let starts = 0;
    const found = await readPages<string>('things', FIRST, async (query) => {
      if (markerOf(query) === 'a') throw refused(status);
      if (markerOf(query) === 'b') return { items: ['c'], next: null };
      starts += 1;
      return starts === 1 ? { items: ['a'], next: behind('a') } : { items: ['b'], next: behind('b') };
    });
    expect(found).toEqual(['b', 'c']);
  });

  it('is given up for now when it changes faster than it is read', async () => {
    const read = async (query: Query): Promise<Page<string>> => {
      if (query !== FIRST) throw refused(404);
      return { items: ['a'], next: behind('a') };
    };
    await expect(readPages('things', FIRST, read)).rejects.toBeInstanceOf(CloudUnavailableError);
  });

  it('is refused when the first page is', async () => {
    await expect(readPages('things', FIRST, () => Promise.reject(refused(404)))).rejects.toMatchObject({ status: 404 });
  });

  it.each([
    ['a service answers the same page for ever', (_number: number) => 'a'],
    ['every page has another behind it', (number: number) => `${number}`],
  ])('ends with an error when %s', async (_what, marker) => {
    let asked = 0;
    const read = async (): Promise<Page<string>> => {
      asked += 1;
      return { items: ['a'], next: behind(marker(asked)) };
    };
    await expect(readPages('things', FIRST, read)).rejects.toThrow('The pages of things do not end.');
    expect(asked).toBeLessThanOrEqual(1_000);
  });
});
