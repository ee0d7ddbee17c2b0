import type { Pool } from '../../../models/objects/pool.ts';
import { fetchArgument } from '../escape.ts';
import { cookieNameRule } from '../fields/http.ts';
import { tableSizeRule } from '../fields/identity.ts';
import { refuse, type Subject, word } from '../guard.ts';
import { EMPTY, type SafeText, text } from '../text.ts';
import type { Context } from './context.ts';

/** The lines that keep a client at its member. @throws UnrenderableValueError */
export const persistenceLines = (context: Context, pool: Pool): readonly SafeText[] => {
  const persistence = pool.session_persistence;
  if (persistence === null) return [];
  const subject: Subject = { kind: 'pool', id: pool.id };
  const size = word({ kind: 'setting', id: 'haproxy' }, 'stick_size', context.options.haproxyStickSize, tableSizeRule);
  const peers = context.peers ? text` peers ${context.peers}` : EMPTY;
  switch (persistence.type) {
    case 'SOURCE_IP':
      return [text`    stick-table type ipv6 size ${size}${peers}`, text`    stick on src`];
    case 'APP_COOKIE': {
      const name = persistence.cookie_name ?? '';
      const problem = cookieNameRule(name);
      if (problem !== null) return refuse(subject, 'cookie_name', problem);
      const cookie = fetchArgument(name, context.features.readsFetchArgumentsTwice);
      return [
        text`    stick-table type string len 64 size ${size}${peers}`,
        text`    stick store-response res.cook(${cookie})`,
        text`    stick match req.cook(${cookie})`,
      ];
    }
    case 'HTTP_COOKIE':
      return [text`    cookie SRV insert indirect nocache`];
    default:
      return refuse(subject, 'session_persistence', 'is of an unknown type');
  }
};
