const NAMESPACE = 'amphora-haproxy';

/**
 * The kernel would keep the link-local address of a plugged interface tentative for one to two seconds, and the agent
 * waits for that in every plug call. Neutron hands out no address twice, and a replaced amphora must not lose its VIP to
 * the one it replaces, so addresses in the agent's namespace are used without asking around for duplicates.
 */
const NO_DUPLICATE_DETECTION =
  `[ -e /run/netns/${NAMESPACE} ] || ip netns add ${NAMESPACE}; ` +
  `ip netns exec ${NAMESPACE} sysctl -qw net.ipv6.conf.default.accept_dad=0`;

/** A text as YAML: JSON's quoted strings are YAML's too. */
const quoted = (text: string): string => JSON.stringify(text);

/**
 * The amphora's user data, for cloud-init: its time zone; a new start of rsyslog, which came up before its
 * configuration file was there; and a network namespace where plugging is quick.
 */
export const userData = (timezone: string): string =>
  [
    '#cloud-config',
    `timezone: ${quoted(timezone)}`,
    'runcmd:',
    ...['systemctl restart rsyslog', NO_DUPLICATE_DETECTION].map((command) => `  - ${quoted(command)}`),
    '',
  ].join('\n');
