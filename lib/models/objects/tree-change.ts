import type { ChangeState } from './change.ts';
import type { Child } from './child.ts';

/** Everything one request changes below a load balancer. */
export interface TreeChange {
  readonly creates?: readonly Child[];
  readonly updates?: readonly {
    readonly child: Child;
    readonly state: ChangeState;
    readonly changes: Readonly<Record<string, unknown>>;
  }[];
  readonly deletes?: readonly { readonly child: Child; readonly state: ChangeState }[];
  /** Objects that move with it (`PENDING_UPDATE`), and must not be gone. */
  readonly parents?: readonly Child[];
}
