import { UnrenderableValueError } from '../../../errors/unrenderable-value.ts';
import type { Listener } from '../../../models/objects/listener.ts';
import { pathRule, uuidRule } from '../fields/identity.ts';
import { pemFileRule } from '../fields/tls.ts';
import { type Subject, whole, word } from '../guard.ts';
import { type SafeText, safeText, text } from '../text.ts';
import { indexTree, type TreeIndex, vipAddresses } from '../tree-index.ts';
import { type Features, featuresOf } from './features.ts';
import type { HaproxyInput, HaproxyOptions, ListenerTimeout, TlsFiles } from './input.ts';

/** What every part of the configuration needs, worked out once. */
export interface Context {
  readonly index: TreeIndex;
  readonly features: Features;
  readonly options: HaproxyOptions;
  readonly tls: TlsFiles;
  readonly loadBalancerId: SafeText;
  readonly basePath: SafeText;
  /** Where the load balancer's PEM files are. */
  readonly certificateFolder: SafeText;
  readonly vips: readonly SafeText[];
  /** Name of the peers section, or null where there is no peer to share with. */
  readonly peers: SafeText | null;
  /** Runs a part; null when a value in it was bad and has been reported. Throws when no receiver takes reports. */
  readonly attempt: <T>(render: () => T) => T | null;
}

const attemptWith = (report: HaproxyInput['onUnrenderable']): Context['attempt'] => {
  if (report === undefined) return (render) => render();
  const reported = new Set<string>();
  return (render) => {
    try {
      return render();
    } catch (error) {
      if (!(error instanceof UnrenderableValueError)) throw error;
      if (!reported.has(error.message)) report(error);
      reported.add(error.message);
      return null;
    }
  };
};

export const makeContext = (input: HaproxyInput): Context => {
  const index = indexTree(input.tree);
  const { loadBalancer } = index;
  const subject: Subject = { kind: 'load balancer', id: loadBalancer.id };
  const setting: Subject = { kind: 'setting', id: 'haproxy' };
  const loadBalancerId = word(subject, 'id', loadBalancer.id, uuidRule);
  const baseCertDir = word(setting, 'base_cert_dir', input.options.baseCertDir, pathRule);
  return {
    index,
    features: featuresOf(input.haproxyVersion),
    options: input.options,
    tls: input.tls,
    loadBalancerId,
    basePath: word(setting, 'base_path', input.options.basePath, pathRule),
    certificateFolder: text`${baseCertDir}/${loadBalancerId}`,
    vips: vipAddresses(loadBalancer),
    // A stick table that names a section without peers is refused by haproxy.
    peers:
      loadBalancer.topology === 'ACTIVE_STANDBY' && index.amphorae.length > 0
        ? text`${safeText(loadBalancerId.replaceAll('-', ''))}_peers`
        : null,
    attempt: attemptWith(input.onUnrenderable),
  };
};

/**
 * The path of a PEM file whose reference is stored. A reference without a file is refused: leaving it out would drop
 * a check that the tenant asked for.
 */
export const pemPath = (
  context: Context,
  subject: Subject,
  field: string,
  reference: string | null,
  fileName: string | null | undefined,
): SafeText | null => {
  if (reference === null) return null;
  return text`${context.certificateFolder}/${word(subject, field, fileName ?? '', pemFileRule)}`;
};

/** connection_limit as haproxy takes it, with the operator's default for "no limit of its own". */
export const connectionLimit = (context: Context, subject: Subject, limit: number): number => {
  const checked = whole(subject, 'connection_limit', limit, -1, 2_147_483_647);
  return checked > 0 ? checked : context.options.defaultConnectionLimit;
};

/** 24 days, the most the API takes. */
const MOST_MILLISECONDS = 2_073_600_000;

/** A timeout of a listener in milliseconds. As in upstream, 0 stands for the operator's default, not for no timeout. */
export const timeoutOf = (context: Context, listener: Listener, field: ListenerTimeout): number => {
  const own = whole({ kind: 'listener', id: listener.id }, field, listener[field], 0, MOST_MILLISECONDS);
  return own > 0 ? own : context.options.timeouts[field];
};
