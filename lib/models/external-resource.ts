export type ExternalResourceKind = 'port' | 'server' | 'security_group' | 'server_group';

/** Whose resource it is: a load balancer's, or an amphora's (which may belong to a load balancer or be a spare). */
export interface ResourceOwner {
  readonly loadbalancer_id: string | null;
  readonly amphora_id: string | null;
}

/** Something in the cloud that the worker made, or was about to make. */
export interface ExternalResource extends ResourceOwner {
  readonly kind: ExternalResourceKind;
  /** Deterministic, so that it can be found again when its id was never learned. */
  readonly name: string;
  /** null until the cloud has answered. */
  readonly resource_id: string | null;
  /** Ids of what was made too late to be noted: each is deleted by its maker, or by the handler that finds it. */
  readonly taken_back?: readonly string[] | undefined;
  /** For ports. */
  readonly network_id: string | null;
  /** ISO 8601, UTC: when it was about to be made. */
  readonly created_at: string;
}
