export const TYPES = ['feat', 'fix', 'perf', 'refactor', 'docs', 'test', 'build', 'ci', 'chore', 'revert'];
const SUBJECT_LENGTH = 72;
const BODY_LENGTH = 120;

const SUBJECT = new RegExp(`^(${TYPES.join('|')})(\\([a-z0-9-]+\\))?!?: [a-z].*[^.\\s]$`);
const BY_GIT = /^(Merge |Revert "|fixup! |squash! |amend! )/;

/** What is wrong with a commit message, as lines to print; none for a good one, and for a subject that git makes itself. */
export const messageProblems = (message: string): string[] => {
  const [subject = '', ...body] = message
    .replace(/^# -+ >8 -+[\s\S]*/m, '')
    .split('\n')
    .filter((line) => !line.startsWith('#'));
  if (BY_GIT.test(subject)) return [];
  const problems: string[] = [];
  if (!SUBJECT.test(subject)) {
    problems.push(
      `the subject must be "type(room): imperative" with one of ${TYPES.join(', ')}, a small letter, no full stop`,
    );
  }
  if (subject.length > SUBJECT_LENGTH) {
    problems.push(`the subject has ${subject.length} characters, at most ${SUBJECT_LENGTH} are allowed`);
  }
  if (body[0]?.trim()) problems.push('the line behind the subject must be empty');
  const long = body.findIndex((line) => line.length > BODY_LENGTH && line.includes(' '));
  if (long >= 0) problems.push(`line ${long + 2} has more than ${BODY_LENGTH} characters`);
  return problems;
};
