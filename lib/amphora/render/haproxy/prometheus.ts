import { type SafeText, text } from '../text.ts';

/** The exporter inside of haproxy, and the translating proxy of the image that the PROMETHEUS listeners lead to. */
export const prometheusLines: readonly SafeText[] = [
  text`frontend prometheus-exporter-internal-endpoint`,
  text`    bind 127.0.0.1:9101`,
  text`    mode http`,
  text`    no log`,
  text`    http-request use-service prometheus-exporter if { path /metrics }`,
  text`    http-request reject`,
  text`    timeout http-request 5s`,
  text`    timeout client 5s`,
  text``,
  text`backend prometheus-exporter-internal`,
  text`    mode http`,
  text`    no log`,
  text`    balance first`,
  text`    timeout connect 5s`,
  text`    timeout server 5s`,
  text`    server prometheus-internal 127.0.0.1:9102`,
];
