export interface ServiceFaultOptions {
  readonly service: string;
  readonly method: string;
  /** Without host and query. */
  readonly path: string;
  /** null when there was no answer. */
  readonly status: number | null;
  /** The service's own name for it ("IpAddressAlreadyAllocated", "itemNotFound"), or null. */
  readonly type: string | null;
  /** The service's own words, or the connection's. */
  readonly text: string;
  readonly cause?: unknown;
}

/** What went wrong on the wire; the `cause` of every named cloud error. Holds no token, header or body. */
export class ServiceFault extends Error {
  override readonly name = 'ServiceFault';
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly status: number | null;
  readonly type: string | null;
  readonly text: string;

  constructor({ service, method, path, status, type, text, cause }: ServiceFaultOptions) {
    super(
      `${service} ${method} ${path}: ${status === null ? '' : `${status} `}${text}`,
      cause === undefined ? undefined : { cause },
    );
    this.service = service;
    this.method = method;
    this.path = path;
    this.status = status;
    this.type = type;
    this.text = text;
  }
}

/** The fault behind a named cloud error, or null. */
export const faultOf = (error: unknown): ServiceFault | null => {
  if (error instanceof ServiceFault) return error;
  return error instanceof Error ? faultOf(error.cause) : null;
};
