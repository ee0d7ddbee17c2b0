import {
  CloudRequestError,
  CloudResourceNotFoundError,
  CloudUnavailableError,
  PortPlugError,
} from '../../errors/cloud.ts';
import { faultOf } from '../../openstack/http/service-fault.ts';

/** A 5xx with these words is Nova's final answer about this port, not a passing trouble. */
const PLUG_FAILURE = /PortBindingFailed|binding failed|Failed to attach|Failed to claim PCI/i;

/** What a 404 of an attachment is about: Nova names the server, the network and the port in words only. */
const missing = (text: string, portId: string, error: CloudResourceNotFoundError): CloudResourceNotFoundError => {
  if (/port /i.test(text)) return new CloudResourceNotFoundError('port', portId, error.cause);
  if (/network /i.test(text)) return new CloudResourceNotFoundError('network', `of port ${portId}`, error.cause);
  return error;
};

/** The named error of a refused attachment. */
export const attachError = (error: unknown, serverId: string, portId: string): unknown => {
  const text = faultOf(error)?.text ?? '';
  if (error instanceof CloudResourceNotFoundError) return missing(text, portId, error);
  const final =
    error instanceof CloudRequestError || (error instanceof CloudUnavailableError && PLUG_FAILURE.test(text));
  if (!final) return error;
  const message = `Port ${portId} cannot be attached to server ${serverId}: ${text}`;
  return new PortPlugError(message, { resource: 'port', resourceId: portId, cause: error });
};
