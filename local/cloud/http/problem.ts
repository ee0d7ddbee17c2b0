/** An answer that is no success; thrown by handlers, sent by the listener. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) {
    super(`answers ${status}`);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}
