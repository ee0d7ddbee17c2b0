import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import db, { type Store } from 'dynalite/db/index.js';
import { messageOf, StartError } from '../errors.ts';
import type { Logger } from '../log.ts';

const REMEDY = 'restore it, or move the data folder away to start afresh';

/** Without CURRENT, LevelDB takes a folder for a new database. */
const lacksCurrent = (folder: string): boolean =>
  !existsSync(join(folder, 'CURRENT')) && readdirSync(folder).some((name) => /^MANIFEST-|\.(?:ldb|log)$/.test(name));

/** What LevelDB could not read of its log when it was opened, in its words. */
const droppedBy = (folder: string): readonly string[] =>
  readFileSync(join(folder, 'LOG'), 'utf8')
    .split('\n')
    .flatMap((line) => /[^/\s]*: dropping \d+ bytes; .*/.exec(line)?.[0] ?? []);

const reasonOf = (error: unknown): string => messageOf(error instanceof Error && error.cause ? error.cause : error);

/**
 * Opens dynalite's store in a folder, or in memory (`null`). What a damaged log has lost is reported.
 * @throws StartError the folder holds a database that cannot be opened
 */
export const openStore = async (folder: string | null, log: Logger): Promise<Store> => {
  if (folder !== null) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (lacksCurrent(folder)) throw new StartError(`The table in ${folder} is damaged (no file CURRENT): ${REMEDY}.`);
  }
  const store = db.create({
    createTableMs: 0,
    deleteTableMs: 0,
    updateTableMs: 0,
    ...(folder === null ? {} : { path: folder }),
  });
  try {
    await store.db.open();
  } catch (error) {
    throw new StartError(`The table in ${folder} cannot be opened (${reasonOf(error)}): ${REMEDY}.`);
  }
  if (folder !== null) {
    for (const lost of droppedBy(folder)) log.error(`the table in ${folder} is damaged, ${lost}: ${REMEDY}`);
  }
  return store;
};
