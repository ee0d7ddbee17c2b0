import { configurationDigest } from '../../amphora/render/digest.ts';
import type { HaproxyOptions } from '../../amphora/render/haproxy/input.ts';
import { renderHaproxy } from '../../amphora/render/haproxy/render-haproxy.ts';
import { renderLvs } from '../../amphora/render/keepalived/render-lvs.ts';
import type { UnrenderableValueError } from '../../errors/unrenderable-value.ts';
import type { AmphoraFacts } from '../../models/objects/amphora.ts';
import { isLvs } from '../../models/objects/listener.ts';
import type { LoadBalancerTree } from '../../models/objects/tree.ts';
import { ProvisioningStatus } from '../../models/statuses.ts';
import { amphoraConfig, timeoutConfig } from '../../settings/config.ts';
import type { TlsMaterial } from '../../tls/tls-material.ts';

/** All an amphora is to run: one haproxy text (null: nothing for haproxy), and one text for each UDP or SCTP listener. */
export interface Configuration {
  readonly haproxy: string | null;
  readonly lvs: ReadonlyMap<string, string>;
  /** Objects that were left out, since a stored value of theirs cannot stand in a configuration. */
  readonly unrenderable: readonly UnrenderableValueError[];
}

const haproxyOptions = (): HaproxyOptions => {
  const { basePath, baseCertDir, haproxyStickSize, ...settings } = amphoraConfig();
  const timeouts = timeoutConfig();
  return {
    basePath,
    baseCertDir,
    haproxyStickSize,
    defaultConnectionLimit: settings.defaultConnectionLimit,
    timeouts: {
      timeout_client_data: timeouts.timeoutClientData,
      timeout_member_connect: timeouts.timeoutMemberConnect,
      timeout_member_data: timeouts.timeoutMemberData,
      timeout_tcp_inspect: timeouts.timeoutTcpInspect,
    },
    connectionLogging: settings.connectionLogging,
    userLogFacility: settings.userLogFacility,
    administrativeLogFacility: settings.administrativeLogFacility,
  };
};

/** Renders the whole of a load balancer for one amphora. */
export const renderConfiguration = (tree: LoadBalancerTree, facts: AmphoraFacts, tls: TlsMaterial): Configuration => {
  const unrenderable: UnrenderableValueError[] = [];
  const onUnrenderable = (error: UnrenderableValueError) => unrenderable.push(error);
  const present = tree.listeners.filter(
    ({ id, provisioning_status }) =>
      provisioning_status !== ProvisioningStatus.PENDING_DELETE && !tls.failedListeners.has(id),
  );
  const lvs = new Map<string, string>();
  for (const listener of present.filter(isLvs)) {
    const options = { basePath: amphoraConfig().basePath };
    lvs.set(listener.id, renderLvs({ tree, listenerId: listener.id, options, onUnrenderable }));
  }
  const forHaproxy = present.some((listener) => !isLvs(listener));
  return {
    lvs,
    unrenderable,
    haproxy: forHaproxy
      ? renderHaproxy({
          tree,
          haproxyVersion: facts.haproxy_version,
          details: {
            cpuCount: facts.cpu_count,
            memory: facts.memory,
            activeTunedProfiles: facts.active_tuned_profiles,
          },
          options: haproxyOptions(),
          tls: tls.files,
          excludedListenerIds: new Set(tls.failedListeners.keys()),
          onUnrenderable,
        })
      : null,
  };
};

/** What the row remembers of a configuration. */
export const checksums = ({ haproxy, lvs }: Configuration) => ({
  haproxy: haproxy === null ? null : configurationDigest(haproxy),
  lvs: Object.fromEntries([...lvs].map(([listenerId, text]) => [listenerId, configurationDigest(text)])),
});
