import { configurationDigest } from '../../amphora/render/digest.ts';
import type { AgentAddress, AmphoraDriver } from '../../drivers/amphora/amphora-driver.ts';
import { AmphoraRequestError } from '../../errors/cloud.ts';
import { IN_DOUBT, type PushedConfiguration } from '../../models/objects/amphora.ts';
import type { TlsUpload } from '../../tls/tls-material.ts';
import { type Configuration, checksums } from './configuration.ts';

type Agents = Pick<
  AmphoraDriver,
  | 'uploadHaproxyConfig'
  | 'getHaproxyConfig'
  | 'uploadLvsConfig'
  | 'getLvsConfig'
  | 'reload'
  | 'deleteListener'
  | 'uploadCertificate'
>;

export interface PushRequest {
  readonly agent: AgentAddress;
  readonly loadBalancerId: string;
  readonly configuration: Configuration;
  readonly uploads: readonly TlsUpload[];
  /** What the amphora is known to have; an equal text is not pushed again. */
  readonly pushed: PushedConfiguration | null;
}

/**
 * What an amphora is known to have while a push is under way: to be remembered before anything is sent, so that a push
 * that dies half way is not taken for done. Answers `pushed` itself when nothing will be sent.
 */
export const inDoubt = ({
  configuration,
  uploads,
  pushed,
}: Pick<PushRequest, 'configuration' | 'uploads' | 'pushed'>): PushedConfiguration | null => {
  const before = { haproxy: pushed?.haproxy ?? null, lvs: pushed?.lvs ?? {} };
  const wanted = checksums(configuration);
  const changed = [...new Set([...Object.keys(before.lvs), ...Object.keys(wanted.lvs)])].filter(
    (listenerId) => before.lvs[listenerId] !== wanted.lvs[listenerId],
  );
  const sameHaproxy = before.haproxy === wanted.haproxy && uploads.length === 0;
  if (sameHaproxy && changed.length === 0) return pushed;
  return {
    ...(pushed?.files === undefined ? {} : { files: pushed.files }),
    haproxy: sameHaproxy ? before.haproxy : IN_DOUBT,
    lvs: { ...before.lvs, ...Object.fromEntries(changed.map((listenerId) => [listenerId, IN_DOUBT])) },
  };
};

const verify = (agent: AgentAddress, objectId: string, wanted: string, found: string | null): void => {
  if (found !== null && configurationDigest(found) === configurationDigest(wanted)) return;
  throw new AmphoraRequestError(`Amphora ${agent.amphoraId} does not have the configuration it was given.`, {
    resource: 'amphora',
    resourceId: agent.amphoraId,
    status: 200,
    details: `configuration of ${objectId} differs after the upload`,
  });
};

const pushHaproxy = async (agents: Agents, request: PushRequest): Promise<void> => {
  const { agent, loadBalancerId, configuration, pushed } = request;
  const wanted = checksums(configuration).haproxy;
  if (configuration.haproxy === null) {
    if (pushed?.haproxy) await agents.deleteListener(agent, loadBalancerId);
    return;
  }
  if (wanted === pushed?.haproxy && request.uploads.length === 0) return;
  await agents.uploadHaproxyConfig(agent, loadBalancerId, configuration.haproxy);
  await agents.reload(agent, loadBalancerId);
  const found = await agents.getHaproxyConfig(agent, loadBalancerId);
  verify(agent, loadBalancerId, configuration.haproxy, found);
};

/** A reload of a UDP or SCTP listener interrupts its traffic: unchanged ones are left alone. */
const pushLvs = async (agents: Agents, { agent, configuration, pushed }: PushRequest): Promise<void> => {
  const before = pushed?.lvs ?? {};
  for (const [listenerId, text] of configuration.lvs) {
    if (before[listenerId] === configurationDigest(text)) continue;
    await agents.uploadLvsConfig(agent, listenerId, text);
    await agents.reload(agent, listenerId);
    verify(agent, listenerId, text, await agents.getLvsConfig(agent, listenerId));
  }
  for (const listenerId of Object.keys(before)) {
    if (!configuration.lvs.has(listenerId)) await agents.deleteListener(agent, listenerId);
  }
};

/**
 * Makes one amphora run a configuration, and checks that it has it. Certificates go first, since the configuration
 * names them. Nothing is sent that the amphora has already. The agent answers one request at a time, so they go one
 * after another.
 * @returns the checksums to remember
 * @throws AmphoraRequestError status 400: haproxy refuses the configuration, and keeps running the former one
 * @throws AmphoraUnreachableError
 */
export const pushConfiguration = async (agents: Agents, request: PushRequest): Promise<PushedConfiguration> => {
  let renewed = 0;
  for (const { fileName, pem } of request.uploads) {
    if (await agents.uploadCertificate(request.agent, request.loadBalancerId, fileName, pem)) renewed += 1;
  }
  await pushHaproxy(agents, { ...request, uploads: renewed > 0 ? request.uploads : [] });
  await pushLvs(agents, request);
  return checksums(request.configuration);
};
