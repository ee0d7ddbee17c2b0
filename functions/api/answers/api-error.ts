/** A refusal with the code and the text its caller gets. Made by the functions of `refusals.ts`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The whole body, for the few answers that are no fault. */
  readonly body: unknown;

  constructor(
    status: number,
    message: string,
    options: { readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown } = {},
  ) {
    super(message);
    this.status = status;
    this.headers = options.headers ?? {};
    this.body = options.body;
  }
}
