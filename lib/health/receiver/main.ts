import { settingProblems } from '../../settings/check.ts';

const problems = settingProblems(process.env, ['HEARTBEAT_KEY']);
for (const problem of problems) console.error(problem);
// What reads the settings when it is imported comes after their check.
if (problems.length === 0) await import('./run.ts');
else process.exitCode = 1;
