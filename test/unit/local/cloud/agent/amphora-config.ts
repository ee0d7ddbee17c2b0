/** A combined configuration as the worker writes one: a listener, a pool, a member. */
export const combinedConfig = (parts: {
  readonly lb: string;
  readonly vip: string;
  readonly port: number;
  readonly memberPort: number;
  readonly certificateList?: string;
}): string => {
  const { lb, vip, port, memberPort, certificateList } = parts;
  const tls = certificateList === undefined ? '' : ` ssl crt-list ${certificateList}`;
  return `# Configuration for loadbalancer ${lb}
global
    daemon
    user nobody
    log /run/rsyslog/octavia/log local0
    log /run/rsyslog/octavia/log local1 notice
    stats socket /var/lib/octavia/${lb}.sock mode 0666 level user
    server-state-file /var/lib/octavia/${lb}/servers-state
    maxconn 1000000

defaults
    log global
    retries 3
    option redispatch
    option splice-request
    option splice-response
    option http-keep-alive

frontend listener-1
    maxconn 50000
    bind ${vip}:${port}${tls}
    mode http
    default_backend pool-1:listener-1
    timeout client 50000

backend pool-1:listener-1
    mode http
    http-reuse safe
    balance roundrobin
    fullconn 50000
    option allbackups
    timeout connect 5000
    timeout server 50000
    server member-1 127.0.0.1:${memberPort} weight 1
    server member-2 127.0.0.1:${memberPort} weight 0
    server member-3 127.0.0.1:${memberPort} weight 1 disabled
`;
};
