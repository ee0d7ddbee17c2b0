import { FUNCTIONS, type FunctionEntry } from './functions.ts';
import { kebab } from './kebab.ts';
import { ROLES } from './roles.ts';
import { custom } from './variables.ts';

/** As serverless.yml has it: the handler's file under dist/ mirrors its source. */
const written = (folder: string, key: string, entry: FunctionEntry) => {
  const { file = kebab(key), inParts, ...rest } = entry;
  const path = `dist/functions/${folder}/${file}`;
  return {
    handler: `${path}.handler`,
    ...rest,
    ...(ROLES[entry.role].reaches && { vpc: custom('reach.vpc') }),
    package: { patterns: [inParts ? `${path}{.mjs,.parts/*.mjs}` : `${path}.mjs`] },
  };
};

export const functions = Object.fromEntries(
  Object.entries(FUNCTIONS).flatMap(([folder, entries]) =>
    Object.entries(entries).map(([key, entry]) => [key, written(folder, key, entry)]),
  ),
);
