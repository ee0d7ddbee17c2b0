import { ServiceFileError } from './definitions/errors.ts';
import { codeOf, StartError } from './errors.ts';
import { greeting } from './greeting.ts';
import { checkNamedCloud, ownCloudsOf } from './own-clouds.ts';
import { type Stack, startStack } from './stack.ts';
import { readStartOptions, usage } from './start-options.ts';

/** A terminal's Ctrl-C and a launcher that passes it on count as one. */
const SAME_SIGNAL_MS = 300;

/** An error of the system names what was tried, with which file or address, and why it failed. */
const isOfTheSystem = (error: unknown): error is Error =>
  error instanceof Error && 'syscall' in error && codeOf(error) !== null;

const fail = (error: unknown): never => {
  const known = error instanceof StartError || error instanceof ServiceFileError || isOfTheSystem(error);
  console.error(known ? error.message : error);
  process.exit(1);
};

const stopOnSignals = (current: () => Stack | null): void => {
  let first: number | null = null;
  const onSignal = (): void => {
    if (first !== null) {
      if (performance.now() - first > SAME_SIGNAL_MS) process.exit(130);
      return;
    }
    first = performance.now();
    const stack = current();
    if (stack === null) process.exit(130);
    console.log('Stopping; Ctrl-C again stops at once.');
    stack.stop().then(() => process.exit(0), fail);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
};

const main = async (): Promise<void> => {
  const options = readStartOptions(process.argv.slice(2), process.env);
  if (options === null) {
    console.log(usage);
    return;
  }
  let stack: Stack | null = null;
  stopOnSignals(() => stack);
  if (options.standInCloud === false) await checkNamedCloud(process.env);
  const own = ownCloudsOf(process.env, options.dataFolder ?? '');
  if (own !== null) console.log(`OS_CLOUD=${process.env.OS_CLOUD} is of ${own}, the local stack's own: ignored.`);
  stack = await startStack(options);
  if (options.hostile) console.log(`Hostile: --hostile=${options.hostile.seed} draws the same again.`);
  console.log(greeting(stack, performance.now() / 1000));
};

await main().catch(fail);
