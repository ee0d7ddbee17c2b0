import { Readable } from 'node:stream';
import db from 'dynalite/db/index.js';
import { expect, test, vi } from 'vitest';
import { closeIterators } from '../../../../local/dynamodb/iterators.ts';

const open = async () => {
  const store = db.create({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  const close = vi.fn(async () => {});
  const values = store.db.values.bind(store.db);
  store.db.values = (range) => {
    const iterator = values(range);
    return { next: () => iterator.next(), close };
  };
  closeIterators(store);
  await store.db.open();
  await store.db.batch([1, 2, 3].map((n) => ({ type: 'put', key: `k${n}`, value: n })));
  return { store, close };
};

test('an iterator is closed when it is read to its end', async () => {
  const { store, close } = await open();
  const iterator = store.db.values({});
  while ((await iterator.next()) !== undefined);
  expect(close).toHaveBeenCalledTimes(1);
  await store.db.close();
});

test('an iterator is closed once when its stream is given up', async () => {
  const { store, close } = await open();
  const iterator = store.db.values({});
  const stream = new Readable({
    objectMode: true,
    read() {
      iterator.next().then((value) => this.push(value ?? null));
    },
    destroy(error, done) {
      iterator.return?.().then(() => done(error));
    },
  });
  stream.once('data', () => stream.destroy());
  await new Promise((resolve) => stream.once('close', resolve));
  expect(close).toHaveBeenCalledTimes(1);
  expect(await iterator.next()).toBeUndefined();
  await store.db.close();
});
