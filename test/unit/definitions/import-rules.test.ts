import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');

const REFUSED = [
  ['functions/compute', '../network/allocate-vip.ts'],
  ['functions/compute', '../../lib/openstack/session.ts'],
  ['functions/compute', '@aws-sdk/client-sfn'],
  ['functions/api/load-balancers', '../../../lib/amphora/agent-client.ts'],
  ['lib/drivers/compute', '../../repositories/commits.ts'],
  ['lib/openstack/compute', '../../models/amphora.ts'],
  ['lib/amphora', '../drivers/compute/index.ts'],
  ['lib/repositories', '../drivers/compute/index.ts'],
  ['lib/models', '../errors/cloud.ts'],
  ['lib/errors', '@aws-sdk/client-sfn'],
  ['lib', '../functions/api/api.ts'],
  ['lib/tools', '../../cli/program.ts'],
  ['functions/api', '../../cli/program.ts'],
  ['cli/commands', '../../functions/api/routes.ts'],
  ['cli/api', '../../lib/repositories/table/query.ts'],
  ['cli', '../local/stack.ts'],
] as const;

const ACCEPTED = [
  ['functions/compute', '../../lib/drivers/compute/index.ts'],
  ['functions/api/load-balancers', '../fields/fields.ts'],
  ['lib/drivers/compute', '../../openstack/session.ts'],
  ['lib/repositories', '@aws-sdk/lib-dynamodb'],
  ['cli/access', '../../lib/openstack/http/transport.ts'],
  ['cli/output', '../../lib/errors/cloud.ts'],
  ['local', '../lib/repositories/locks/commits.ts'],
] as const;

type Imports = readonly (readonly [folder: string, imported: string])[];

/** Which of the imports the linter refuses, each in a file of its own in a folder with the project's rules. */
const refusedOf = async (imports: Imports): Promise<Imports> => {
  const folder = await mkdtemp(join(tmpdir(), 'import-rules-'));
  try {
    const rules = await readFile(join(root, 'biome.json'), 'utf8');
    await writeFile(join(folder, 'biome.json'), JSON.stringify({ ...JSON.parse(rules), vcs: { enabled: false } }));
    const paths = imports.map(([place], index) => join(place, `planted-${index}.ts`));
    for (const [index, path] of paths.entries()) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), `import { x } from '${imports[index]?.[1]}';\n\nexport const y = x;\n`);
    }
    const said = await new Promise<string>((done) => {
      const options = ['lint', '--max-diagnostics=none', '--colors=off'];
      execFile(join(root, 'node_modules/.bin/biome'), options, { cwd: folder }, (_, out, errors) => done(out + errors));
    });
    if (!said.includes(`Checked ${imports.length + 1} files`)) throw new Error(said);
    return imports.filter((_, index) => new RegExp(`${paths[index]}:\\d.*noRestrictedImports`).test(said));
  } finally {
    await rm(folder, { recursive: true });
  }
};

test('the linter refuses what a room may not import, and nothing more', async () => {
  expect(await refusedOf([...REFUSED, ...ACCEPTED])).toEqual(REFUSED);
});
