import type { LoadBalancer } from '../../../models/objects/load-balancer.ts';
import { haproxyArgument, logFormatText } from '../escape.ts';
import { projectRule } from '../fields/identity.ts';
import { refuse } from '../guard.ts';
import { concat, type SafeText, text } from '../text.ts';

export const DEFAULT_LOG_FORMAT =
  '{{ project_id }} {{ lb_id }} %f %ci %cp %t %{+Q}r %ST %B %U %[ssl_c_verify] %{+Q}[ssl_c_s_dn] %b %s %Tt %tsc';

/** Variables that only an HTTP listener has, replaced by a dash elsewhere. */
const HTTP_ONLY = /%(\{\+Q\})?(r|ST)(?![A-Za-z])/g;

/** The operator's format for one listener's connections; the ids go in as they are, never as variables. */
export const logFormatLine = (format: string, loadBalancer: LoadBalancer, http: boolean): SafeText => {
  const subject = { kind: 'load balancer', id: loadBalancer.id };
  const problem = projectRule(loadBalancer.project_id);
  if (problem !== null) return refuse(subject, 'project_id', problem);
  const ids = { project_id: logFormatText(loadBalancer.project_id), lb_id: logFormatText(loadBalancer.id) };
  const parts = (http ? format : format.replace(HTTP_ONLY, '-')).split(/\{\{ (project_id|lb_id) \}\}/);
  const encoded = parts.map((part) => (part === 'project_id' || part === 'lb_id' ? ids[part] : haproxyArgument(part)));
  return text`    log-format ${concat(...encoded)}`;
};
