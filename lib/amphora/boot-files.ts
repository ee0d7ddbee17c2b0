import { InvalidArgumentError } from '../errors/flow.ts';
import { AGENT_SERVER_CA, AGENT_SERVER_CERT } from './agent-config.ts';

export interface BootFiles {
  /** The amphora's certificate followed by its key. */
  readonly serverPem: string;
  /** What the amphora checks the worker against. */
  readonly clientCaPem: string;
  /** The text of amphora-agent.conf. */
  readonly agentConfig: string;
}

/** Bytes Nova takes for one file, in its default quota. */
const FILE_LIMIT = 10_240;

/** Nothing is forwarded: the amphora's own rules stay as they are. */
const RSYSLOG = '# No log targets.\n';

/**
 * The files an amphora is booted with, by their paths. They hold a private key: never to be logged or stored.
 * @throws InvalidArgumentError when Nova would refuse one for its size
 */
export const amphoraBootFiles = ({
  serverPem,
  clientCaPem,
  agentConfig,
}: BootFiles): Readonly<Record<string, string>> => {
  const files = {
    [AGENT_SERVER_CERT]: serverPem,
    [AGENT_SERVER_CA]: clientCaPem,
    '/etc/octavia/amphora-agent.conf': agentConfig,
    '/etc/rsyslog.d/10-rsyslog.conf': RSYSLOG,
  };
  for (const [path, content] of Object.entries(files)) {
    const size = Buffer.byteLength(content);
    if (size > FILE_LIMIT) throw new InvalidArgumentError(path, `is ${size} bytes, Nova takes ${FILE_LIMIT}`);
  }
  return files;
};
