/** What `run.ts` asks of Stryker for every room. */
export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'test/mutants/vitest.config.ts', related: true },
  // Stryker asks for a TypeScript with an API, which version 7 does not have.
  tsconfigFile: 'none',
  // Constants of modules are set before a test starts; texts are for readers.
  ignoreStatic: true,
  mutator: { excludedMutations: ['StringLiteral'] },
  ignorePatterns: ['bench', 'containers', 'docs', 'dist', '.serverless', 'test/cloud', 'test/clients', 'test/oracle'],
  // A busy machine must not be taken for a mutant that loops.
  timeoutMS: 20_000,
  concurrency: 1,
  allowEmpty: true,
  tempDirName: '.local/mutants',
  reporters: ['progress-append-only'],
  logLevel: 'error',
};
