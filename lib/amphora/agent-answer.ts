/** What an agent answered. Its text has a limit, and is parsed only by callers that read it. */
export interface AgentAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/** Characters of JSON that are parsed: one of a megabyte can take as long as a whole request. */
const JSON_LIMIT = 262_144;

/** The answer's JSON; undefined when it says that it is none, does not parse, or is longer than any real one. */
export const jsonOf = ({ contentType, text }: AgentAnswer): unknown => {
  if (!contentType.startsWith('application/json') || text.length > JSON_LIMIT) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** True while the web server of the agent runs and the agent behind it does not: its 404 is a page. */
export const isStarting = (answer: AgentAnswer): boolean => answer.status === 404 && jsonOf(answer) === undefined;
