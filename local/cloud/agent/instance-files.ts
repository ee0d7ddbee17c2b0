import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** The disk of one amphora: paths as its agent knows them, kept under a folder of the host. */
export interface InstanceFiles {
  /** The instance's folder on the host. */
  readonly folder: string;
  /** Where a path of the amphora is on the host. */
  onHost(path: string): string;
  /** null when there is no such file. */
  read(path: string): Buffer | null;
  /** Replaces the file in one step. */
  write(path: string, content: Buffer | string, mode?: number): void;
  exists(path: string): boolean;
  /** Names in a folder; none when there is no such folder. */
  list(path: string): readonly string[];
  /** A file or a folder with all in it; gone is fine. */
  remove(path: string): void;
}

export const instanceFiles = (folder: string): InstanceFiles => {
  const onHost = (path: string): string => join(folder, 'root', normalize(join('/', path)));
  return {
    folder,
    onHost,
    read: (path) => (existsSync(onHost(path)) ? readFileSync(onHost(path)) : null),
    write: (path, content, mode = 0o600) => {
      const target = onHost(path);
      mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
      writeFileSync(`${target}.new`, content, { mode });
      renameSync(`${target}.new`, target);
    },
    exists: (path) => existsSync(onHost(path)),
    list: (path) => (existsSync(onHost(path)) ? readdirSync(onHost(path)) : []),
    remove: (path) => rmSync(onHost(path), { recursive: true, force: true }),
  };
};
