import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { forEachOf } from '../../../../lib/upkeep/each.ts';

test('so many have their turn at a time, and all in the end', async () => {
  let [now, most] = [0, 0];
  const done: number[] = [];
  const work = async (item: number): Promise<void> => {
    now += 1;
    most = Math.max(most, now);
    await pause(5);
    now -= 1;
    done.push(item);
  };
  expect(await forEachOf([1, 2, 3, 4, 5, 6, 7], work, { atOnce: 3 })).toEqual([]);
  expect(most).toBe(3);
  expect(done.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('one that fails is reported, and does not delay the others', async () => {
  const done: number[] = [];
  const work = async (item: number): Promise<void> => {
    if (item === 1) throw new Error('one');
    done.push(item);
  };
  expect(await forEachOf([1, 2, 3], work, { atOnce: 1 })).toEqual([new Error('one')]);
  expect(done).toEqual([2, 3]);
});

test('no other has a turn when it goes on no more', async () => {
  const done: number[] = [];
  const work = async (item: number): Promise<void> => void done.push(item);
  await forEachOf([1, 2, 3], work, { atOnce: 1, goesOn: () => done.length < 2 });
  expect(done).toEqual([1, 2]);
});
