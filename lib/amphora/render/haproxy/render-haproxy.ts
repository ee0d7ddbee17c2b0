import { isLvs } from '../../../models/objects/listener.ts';
import { EMPTY, type SafeText, toFile } from '../text.ts';
import { makeContext } from './context.ts';
import { type RenderedListener, renderListener } from './frontend.ts';
import { defaultsLines, globalLines } from './global.ts';
import type { HaproxyInput } from './input.ts';
import { peersLines } from './peers.ts';
import { poolCabinet } from './pool.ts';
import { prometheusLines } from './prometheus.ts';

/**
 * The haproxy configuration of a load balancer: one text for all its listeners but the UDP and SCTP ones. It depends on
 * the amphora only by its haproxy version and its details.
 * @throws UnrenderableValueError a stored value is bad, and `onUnrenderable` does not take reports; always for values
 * of the load balancer itself, of an amphora or of a setting
 */
export const renderHaproxy = (input: HaproxyInput): string => {
  const context = makeContext(input);
  const { loadBalancer } = context.index;
  const poolOf = poolCabinet(context);
  const listeners: RenderedListener[] = [];
  for (const listener of loadBalancer.enabled ? context.index.listeners : []) {
    if (!listener.enabled || isLvs(listener) || input.excludedListenerIds.has(listener.id)) continue;
    const rendered = context.attempt(() => renderListener(context, listener, poolOf));
    if (rendered) listeners.push(rendered);
  }
  const sections: (readonly SafeText[])[] = [globalLines(context, listeners, input.details), defaultsLines(context)];
  sections.push(peersLines(context));
  if (context.features.prometheus && listeners.some((listener) => listener.protocol === 'PROMETHEUS')) {
    sections.push(prometheusLines);
  }
  for (const listener of listeners) sections.push(listener.lines);
  const lines: SafeText[] = [];
  for (const section of sections) {
    if (section.length === 0) continue;
    if (lines.length > 0) lines.push(EMPTY);
    for (const line of section) lines.push(line);
  }
  return toFile(lines);
};
