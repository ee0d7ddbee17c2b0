import { readFileSync } from 'node:fs';
import { messageProblems } from './message-problems.ts';

/*
 * The hook for commit messages: `commit-message.ts <file with the message>`. `npm run hooks` switches it on.
 */

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: commit-message.ts <file with the message>');
const problems = messageProblems(readFileSync(file, 'utf8'));
for (const problem of problems) console.error(`commit message: ${problem}`);
if (problems.length > 0) {
  console.error('CONTRIBUTING.md has the convention; git commit --no-verify skips the check.');
  process.exitCode = 1;
}
