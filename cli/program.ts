import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { type Environment, readAccess } from './access/access.ts';
import { openSession } from './access/session.ts';
import { openApi } from './api/client.ts';
import { check } from './commands/check.ts';
import type { Work } from './commands/context.ts';
import { drift } from './commands/drift.ts';
import { dryRun } from './commands/dry-run.ts';
import { events } from './commands/events.ts';
import { failover } from './commands/failover.ts';
import { freeze, thaw } from './commands/freeze.ts';
import { listOperations, retryOperation, showOperation, watchOperation } from './commands/operations.ts';
import { status } from './commands/status.ts';
import { why } from './commands/why.ts';
import { described, ExitCode } from './output/errors.ts';
import { FORMATS, type Format, printer } from './output/printer.ts';
import { safeLines, safeText } from './output/safe-text.ts';
import type { Terminal } from './output/terminal.ts';

interface Common {
  readonly endpoint?: string;
  readonly osCloud?: string;
  readonly output: Format;
}

const countOf = (given: string): number => {
  const count = Number(given);
  if (!/^\d{1,5}$/.test(given) || count < 1) throw new InvalidArgumentError('It is no number from 1 to 99999.');
  return count;
};

const collected = (given: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  ...given.split(','),
];

/** How a command is carried out once its line is read. */
type Does = (work: Work, common: Common) => Promise<void>;

/** Options of every command. */
const withCommon = (command: Command): Command =>
  command
    .option('--endpoint <url>', 'address of the API instead of the one in the catalog; alone: an API without tokens')
    .option('--os-cloud <name>', 'cloud of clouds.yaml, instead of OS_CLOUD')
    .addOption(new Option('-o, --output <format>', 'how it is shown').choices([...FORMATS]).default('table'));

const addOperations = (root: Command, does: Does): void => {
  const operations = root.command('operations').description('what was asked, runs, and has failed');
  withCommon(operations.command('list'))
    .description('operations, newest first')
    .option(
      '--status <status>',
      'COMMITTED, JOINED, RUNNING, SUCCEEDED, FAILED, SUPERSEDED; several by commas',
      collected,
    )
    .option('--flow <flow>', 'such as create-load-balancer; several by commas', collected)
    .option('--project <id>', 'of one project')
    .option('--load-balancer <id>', 'of one load balancer')
    .option('--since <time>', '30m, 24h, 7d, or a time')
    .option('--limit <count>', 'at most so many', countOf, 50)
    .action((options) => does(listOperations(options), options));
  withCommon(operations.command('show <id>'))
    .description('one operation with its steps')
    .action((id, options) => does(showOperation(id), options));
  withCommon(operations.command('watch <id>'))
    .description('its steps as they happen, until it ends; 1 when it failed')
    .action((id, options) => does(watchOperation(id), options));
  withCommon(operations.command('retry <id>'))
    .description('starts again what has lost its execution')
    .option('--force', 'also what runs', false)
    .option('--dry-run', 'only shows what would be done', false)
    .option('--watch', 'follows it to its end', false)
    .action((id, options) => does(retryOperation(id, options), options));
};

const createProgram = (does: Does): Command => {
  const root = new Command('deploy-worker')
    .description(
      "Operates the load balancer service. Signs in as OpenStack's clients do: OS_CLOUD, or the OS_* variables.",
    )
    .addHelpText('after', '\nExit codes: 0 fine, 1 a finding or a failure, 2 a wrong command line or setting.')
    .showHelpAfterError('(deploy-worker --help shows the commands)');
  withCommon(root.command('status'))
    .description('one screen about the fleet; 1 when something needs attention')
    .action((options) => does(status, options));
  addOperations(root, does);
  withCommon(root.command('why <id>'))
    .description('why any object or operation is as it is, and what to do; 1 when it is in ERROR or has failed')
    .action((id, options) => does(why(id), options));
  withCommon(root.command('failover <id>'))
    .description('replaces the amphorae of a load balancer, or one amphora')
    .option('--dry-run', 'only shows what would be done', false)
    .option('--watch', 'follows it to its end', false)
    .option('--yes', 'agrees without a question', false)
    .action((id, options) => does(failover(id, options), options));
  withCommon(root.command('drift [ids...]'))
    .description('what differs between the table and the cloud: in the last round, or now for these load balancers')
    .option('--repair', 'repairs what can be', false)
    .action((ids, options) => does(drift(ids, options), options));
  withCommon(root.command('freeze [reason]'))
    .description('the API refuses changes with this reason, and nothing is begun; without a reason: whether it is so')
    .action((reason, options) => does(freeze(reason), options));
  withCommon(root.command('thaw'))
    .description('ends a freeze')
    .action((options) => does(thaw, options));
  withCommon(root.command('events'))
    .description('changes of statuses that the local stack still has')
    .option('-f, --follow', 'those that come, until Ctrl-C', false)
    .option('--load-balancer <id>', 'of one load balancer')
    .action((options) => does(events(options), options));
  withCommon(root.command('check'))
    .description('credentials, endpoint, rights, receivers, certificates, drift, quotas; 1 for any finding')
    .action((options) => does(check, options));
  withCommon(root.command('dry-run <method> <path>'))
    .description('what a write would do: dry-run PUT lbaas/loadbalancers/<id>/failover')
    .option('--data <json>', 'the body, or @file')
    .action((method, path, options) => does(dryRun(method, path, options), options));
  return root;
};

/**
 * Runs one command line. Everything it writes goes to the terminal, failures in words to its error side.
 * @returns the exit code
 */
export const run = async (args: readonly string[], environment: Environment, terminal: Terminal): Promise<ExitCode> => {
  let exitCode: ExitCode = ExitCode.FINE;
  const program = createProgram(async (work, common) => {
    const session = await openSession(await readAccess(common, environment));
    try {
      exitCode = await work({ api: openApi(session), printer: printer(common.output, terminal), terminal });
    } finally {
      await session.close();
    }
  });
  for (const command of [program, ...program.commands, ...program.commands.flatMap((one) => one.commands)]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => terminal.write(text),
      writeErr: (text) => terminal.complain(text),
    });
  }
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.FINE : ExitCode.USAGE;
    const { message, remedy, exitCode: code } = described(error);
    const lines = safeLines(message).join('\n');
    terminal.complain(
      `${terminal.style('red', 'error:')} ${lines}\n${remedy === null ? '' : `  try: ${safeText(remedy)}\n`}`,
    );
    return code;
  }
};
