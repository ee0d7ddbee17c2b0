import { expect, it } from 'vitest';
import { CommandError, described, ExitCode, UsageError } from '../../../../cli/output/errors.ts';
import { CloudSignInError, CloudUnavailableError } from '../../../../lib/errors/cloud.ts';
import { ConfigurationError } from '../../../../lib/errors/configuration.ts';

it.each([
  [new UsageError('x', 'y'), ExitCode.USAGE, 'y'],
  [new CommandError('x'), ExitCode.FINDING, null],
  [new ConfigurationError('OS_CLOUD', 'has none'), ExitCode.USAGE, 'correct the setting it names'],
  [new CloudSignInError('401'), ExitCode.FINDING, expect.stringContaining('password or secret')],
  [new CloudUnavailableError('no answer'), ExitCode.FINDING, expect.stringContaining('network')],
  [new TypeError('x is not a function'), ExitCode.FINDING, expect.stringContaining('fault of the command line')],
])('%s is told with an exit code and what helps', (error, exitCode, remedy) => {
  expect(described(error)).toMatchObject({ message: expect.stringContaining(error.message), exitCode, remedy });
});
