import type * as cloud from '../../../lib/errors/cloud.ts';
import type * as configuration from '../../../lib/errors/configuration.ts';
import type * as conflict from '../../../lib/errors/conflict.ts';
import type * as drift from '../../../lib/errors/drift.ts';
import type * as flow from '../../../lib/errors/flow.ts';
import type * as notFound from '../../../lib/errors/not-found.ts';
import type * as quota from '../../../lib/errors/quota.ts';
import type * as rollout from '../../../lib/errors/rollout.ts';
import type * as unrenderable from '../../../lib/errors/unrenderable-value.ts';
import type { WorkerError } from '../../../lib/errors/worker-error.ts';
import type { Flow } from '../../../lib/models/flows.ts';
import type { Operation } from '../../../lib/models/operations/operation.ts';

/** The literal `name` of a class; none of a base class, which has no name of its own. */
type NameOf<T> = T extends abstract new (
  ...args: never[]
) => infer E
  ? E extends WorkerError
    ? string extends E['name']
      ? never
      : E['name']
    : never
  : never;
type NamesIn<Module> = { [Key in keyof Module]: NameOf<Module[Key]> }[keyof Module];

/** Every named failure. A class without a text for tenants below does not compile. */
type ErrorName =
  | NamesIn<typeof cloud>
  | NamesIn<typeof configuration>
  | NamesIn<typeof conflict>
  | NamesIn<typeof drift>
  | NamesIn<typeof flow>
  | NamesIn<typeof notFound>
  | NamesIn<typeof quota>
  | NamesIn<typeof rollout>
  | NamesIn<typeof unrenderable>;

interface Reason {
  /** What happened, without the operator's facts: no id but the tenant's, no host, no URL, no product behind the API. */
  readonly text: string;
  /** What a tenant can do before they repeat the request; left out if nothing but that. */
  readonly first?: string;
  /** True if its message is about the tenant's own objects, where one of them was refused. */
  readonly ownWords?: boolean;
}

const INTERNAL: Reason = { text: 'The load balancer service failed.' };
const UNANSWERED: Reason = { text: 'The load balancer did not answer the service in time.' };
const INTERRUPTED: Reason = { text: 'The operation was interrupted.' };
const MISSING: Reason = { text: 'Something the operation was for does not exist any more.' };
const CONFLICT: Reason = { text: 'Another request came first.' };
const SHORT: Reason = { text: 'There is no capacity for the load balancer now.' };

/** In words a tenant can use, by the error's name: the one place. */
const REASONS: Readonly<Record<ErrorName, Reason>> = Object.freeze({
  CloudUnavailableError: { text: 'A service of the cloud did not answer in time.' },
  CloudRequestError: { text: 'A service of the cloud refused a request of the load balancer service.' },
  CloudCredentialsError: INTERNAL,
  CloudSignInError: INTERNAL,
  CloudResourceNotFoundError: {
    text: 'A resource that the load balancer needs was deleted from the cloud.',
    first: "See that the VIP's port, network, subnet, QoS policy and security groups and the members' subnets exist",
    ownWords: true,
  },
  ComputeBuildError: SHORT,
  AmphoraNotReadyError: { text: 'The load balancer was not ready in time.' },
  StillExistsError: { text: 'A resource of the load balancer could not be deleted in time.' },
  ImageNotFoundError: INTERNAL,
  VipAllocationError: {
    text: 'The address of the VIP cannot be had.',
    first: "See that the VIP's subnet has free addresses, and that your own port for the VIP still holds its address",
  },
  VipInUseError: { text: 'The address of the VIP is used by another port.', first: 'Delete that port' },
  PortPlugError: {
    text: 'The load balancer cannot be connected to a network.',
    first: 'See that the subnets of the VIP and of the members have free addresses and exist',
  },
  SecurityGroupInUseError: {
    text: 'A port still uses the security group of the load balancer.',
    first: 'Take the group off ports that you have put it on',
  },
  AmphoraUnreachableError: UNANSWERED,
  AmphoraSilentError: UNANSWERED,
  AmphoraIdentityError: UNANSWERED,
  AmphoraRequestError: {
    text: 'The load balancer refused its configuration.',
    first: 'Look at what the request changed',
    ownWords: true,
  },
  CertificateRetrievalError: {
    text: 'A certificate, key or list of a listener or pool cannot be read.',
    first: 'See that the secret exists, is valid, and that the load balancer service may read it',
    ownWords: true,
  },
  ConfigurationError: INTERNAL,
  UnrenderableValueError: {
    text: 'A value cannot be part of a configuration.',
    first: 'Give the object another value',
    ownWords: true,
  },
  L7RuleRejectedError: {
    text: 'An L7 policy needs a rule that was refused.',
    first: 'Change or delete the rule',
    ownWords: true,
  },
  ObjectTooLargeError: { text: 'An object is too large.', first: 'Give it fewer or shorter values', ownWords: true },
  NoSuitableAmphora: SHORT,
  SpareUnusableError: SHORT,
  SpareTakenError: SHORT,
  OperationSuperseded: { text: 'Another operation has taken over.' },
  RollbackResumedError: INTERRUPTED,
  OperationFailedError: INTERRUPTED,
  RowMissingError: MISSING,
  RowRefusedError: CONFLICT,
  IngressRulesStaleError: CONFLICT,
  ImmutableObjectError: CONFLICT,
  ChangeRefusedError: CONFLICT,
  DuplicateIdError: CONFLICT,
  DuplicateListenerError: CONFLICT,
  DuplicateMemberError: CONFLICT,
  HealthMonitorExistsError: CONFLICT,
  DefaultPoolExistsError: CONFLICT,
  PoolInUseError: CONFLICT,
  ImmutableChildError: CONFLICT,
  DeletionProtectedError: CONFLICT,
  UnrestorableError: CONFLICT,
  NothingToRedriveError: CONFLICT,
  FlavorOrZoneInUseError: CONFLICT,
  FlavorOrZoneNameTakenError: CONFLICT,
  VipPortTakenError: CONFLICT,
  InvalidArgumentError: INTERNAL,
  LBNotFound: MISSING,
  ListenerNotFound: MISSING,
  PoolNotFound: MISSING,
  MemberNotFound: MISSING,
  HMNotFound: MISSING,
  L7PolicyNotFoundError: MISSING,
  L7RuleNotFoundError: MISSING,
  AmphoraNotFound: MISSING,
  OperationNotFoundError: MISSING,
  FlavorOrZoneNotFoundError: MISSING,
  NoSuitableLB: MISSING,
  NoSuitablePool: MISSING,
  QuotaExceededError: { text: 'The quota of the project is used up.', first: 'Delete what is not needed' },
  ProjectBusyError: CONFLICT,
  DriftCheckNotFoundError: MISSING,
  RolloutNotFoundError: MISSING,
  RolloutInProgressError: CONFLICT,
  RolloutEndedError: CONFLICT,
});

/** Names that no class has: what recovery records, and what the platform calls a step that it ended. */
const FURTHER: Readonly<Record<string, Reason>> = Object.freeze({
  ExecutionLost: INTERRUPTED,
  Redriven: { text: 'An operator has started the operation again.' },
  'States.Timeout': { text: 'A step of the operation took too long.' },
});

const REPEAT = 'repeat the change';
const WITHOUT_TENANT = 'wait: the load balancer goes on as it is where it can';

/** What a tenant may do after an operation has failed. */
const NEXT: Readonly<Record<Flow, string>> = Object.freeze({
  'create-load-balancer': 'delete the load balancer and create it again',
  'delete-load-balancer': 'delete the load balancer again',
  'update-load-balancer': REPEAT,
  'restore-load-balancer': REPEAT,
  'apply-changes': REPEAT,
  'failover-load-balancer': 'change the load balancer, for example its description, which brings it back where it can',
  'failover-amphora': 'change the load balancer, for example its description, which brings it back where it can',
  'create-amphora': WITHOUT_TENANT,
  'delete-amphora': WITHOUT_TENANT,
  'rotate-amphora-certificate': WITHOUT_TENANT,
  'update-amphora-agent-config': WITHOUT_TENANT,
});

const isKnown = (name: string): name is ErrorName => Object.hasOwn(REASONS, name);
const reasonOf = (name: string): Reason => (isKnown(name) ? REASONS[name] : (FURTHER[name] ?? INTERNAL));

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

type Failed = Pick<Operation, 'flow' | 'status' | 'failed_step' | 'error_name' | 'error_message' | 'error_objects'>;

/**
 * Why the operation failed and what its owner can do, without the operator's facts; null if it has not. A refusal of the
 * owner's own object keeps its own words, for errors whose words are about that object only.
 */
export const tenantReason = (operation: Failed): string | null => {
  const { error_name, error_message, failed_step, error_objects } = operation;
  if (error_name === null) return null;
  const { text, first, ownWords = false } = reasonOf(error_name);
  if (ownWords && failed_step === null && error_objects.length > 0 && error_message !== null) return error_message;
  // It is still running, or has ended otherwise.
  if (operation.status !== 'FAILED') return text;
  const next = NEXT[operation.flow];
  const advice = first === undefined ? capital(next) : `${first}, then ${next}`;
  return `${text} ${advice}. If it fails again, give the id of this operation to your operator.`;
};
