import { addressRule } from '../fields/network.ts';
import { type Subject, word } from '../guard.ts';
import { peerName } from '../peer-name.ts';
import { type SafeText, safeText, text } from '../text.ts';
import type { Context } from './context.ts';

/** The same on every amphora, whatever the listeners' own numbers say. */
const PEER_PORT = 1025;

/** The section that shares stick tables between the amphorae; empty in a topology without. */
export const peersLines = (context: Context): readonly SafeText[] => {
  if (context.peers === null) return [];
  const lines = [text`peers ${context.peers}`];
  for (const amphora of context.index.amphorae) {
    const subject: Subject = { kind: 'amphora', id: amphora.id };
    const address = word(subject, 'vrrp_ip', amphora.vrrp_ip, addressRule);
    lines.push(text`    peer ${safeText(peerName(amphora.id))} ${address}:${PEER_PORT}`);
  }
  return lines;
};
