import {
  AmphoraNotReadyError,
  CloudRequestError,
  CloudResourceNotFoundError,
  CloudUnavailableError,
  PortPlugError,
} from '../../errors/cloud.ts';
import { faultOf } from '../../openstack/http/service-fault.ts';

/** A 5xx with these words is Nova's final answer about this port, not a passing trouble. */
const PLUG_FAILURE = /PortBindingFailed|binding failed|Failed to attach|Failed to claim PCI/i;

/** A 409 with these words is about the server as it is now: stopped, locked, or busy with something else. */
const SERVER_STATE = /while it is in (vm_state|task_state)|is locked|is not ready/i;

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
  if (error instanceof CloudRequestError && error.status === 409 && SERVER_STATE.test(text)) {
    const options = { resource: 'server', resourceId: serverId, cause: error };
    return new AmphoraNotReadyError(`Server ${serverId} takes no port now: ${text}`, options);
  }
  const final =
    error instanceof CloudRequestError || (error instanceof CloudUnavailableError && PLUG_FAILURE.test(text));
  if (!final) return error;
  const message = `Port ${portId} cannot be attached to server ${serverId}: ${text}`;
  return new PortPlugError(message, { resource: 'port', resourceId: portId, cause: error });
};
