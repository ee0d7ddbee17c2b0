import type { TlsFiles } from '../amphora/render/haproxy/input.ts';
import type { PushedFiles } from '../models/objects/amphora.ts';
import type { ChangeState } from '../models/objects/change.ts';
import type { LeftOut } from '../models/objects/effective-tree.ts';

/** Attributes of listeners and pools that name secrets. */
const REFERENCES = [
  'tls_certificate_id',
  'sni_containers',
  'client_ca_tls_certificate_id',
  'client_crl_container_id',
  'ca_tls_certificate_id',
  'crl_container_id',
] as const;

const keepsReferences = ({ was_applied, applied }: ChangeState): boolean =>
  was_applied && !REFERENCES.some((attribute) => Object.hasOwn(applied ?? {}, attribute));

/** Files an amphora was given, of the objects that should run with the secrets they were applied with. */
export const presentFiles = (
  pushed: PushedFiles | undefined,
  changes: ReadonlyMap<string, ChangeState>,
  leftOut: LeftOut,
): TlsFiles => {
  const isPresent = ([id]: readonly [string, unknown]): boolean => {
    const state = changes.get(id);
    return state === undefined || leftOut(id, state) || keepsReferences(state);
  };
  const { listeners = {}, pools = {} } = pushed ?? {};
  return {
    listeners: new Map(Object.entries(listeners).filter(isPresent)),
    pools: new Map(Object.entries(pools).filter(isPresent)),
  };
};

/** The names as they are remembered. */
export const fileNames = ({ listeners, pools }: TlsFiles): PushedFiles => ({
  listeners: Object.fromEntries(listeners),
  pools: Object.fromEntries(pools),
});
