/** An answer of an AWS service that is an error: `type` is its name on the wire, `fields` go into the body as they are. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly type: string;
  readonly status: number;
  readonly fields: Record<string, unknown>;
  constructor(type: string, message: string, fields: Record<string, unknown> = {}, status = 400) {
    super(message);
    this.type = type;
    this.status = status;
    this.fields = fields;
  }
}
