import { INSERT_HEADERS, type InsertHeader, type Listener } from '../../../models/objects/listener.ts';
import { refuse, type Subject } from '../guard.ts';
import { type SafeText, text } from '../text.ts';

const CLIENT_CERTIFICATE: Readonly<Partial<Record<InsertHeader, SafeText>>> = {
  'X-SSL-Client-Verify': text`    http-request set-header X-SSL-Client-Verify %[ssl_c_verify]`,
  'X-SSL-Client-Has-Cert': text`    http-request set-header X-SSL-Client-Has-Cert %[ssl_c_used]`,
  'X-SSL-Client-DN': text`    http-request set-header X-SSL-Client-DN %{+Q}[ssl_c_s_dn]`,
  'X-SSL-Client-CN': text`    http-request set-header X-SSL-Client-CN %{+Q}[ssl_c_s_dn(cn)]`,
  'X-SSL-Issuer': text`    http-request set-header X-SSL-Issuer %{+Q}[ssl_c_i_dn]`,
  'X-SSL-Client-SHA1': text`    http-request set-header X-SSL-Client-SHA1 %{+Q}[ssl_c_sha1,hex]`,
  'X-SSL-Client-Not-Before': text`    http-request set-header X-SSL-Client-Not-Before %{+Q}[ssl_c_notbefore]`,
  'X-SSL-Client-Not-After': text`    http-request set-header X-SSL-Client-Not-After %{+Q}[ssl_c_notafter]`,
};

const known: ReadonlySet<string> = new Set(INSERT_HEADERS);

/** Lines of a backend that add the headers the listener asks for. @throws UnrenderableValueError */
export const headerLines = (listener: Listener, subject: Subject, httpPool: boolean): readonly SafeText[] => {
  if (Object.keys(listener.insert_headers).some((name) => !known.has(name))) {
    return refuse(subject, 'insert_headers', 'has an unknown header');
  }
  const wanted = (name: InsertHeader): boolean => String(listener.insert_headers[name]).toLowerCase() === 'true';
  const lines: SafeText[] = [];
  if (httpPool && wanted('X-Forwarded-For')) lines.push(text`    option forwardfor`);
  if (httpPool && wanted('X-Forwarded-Port')) {
    lines.push(text`    http-request set-header X-Forwarded-Port %[dst_port]`);
  }
  const terminated = listener.protocol === 'TERMINATED_HTTPS';
  if (wanted('X-Forwarded-Proto') && (terminated || listener.protocol === 'HTTP')) {
    lines.push(text`    http-request set-header X-Forwarded-Proto ${terminated ? text`https` : text`http`}`);
  }
  if (terminated) {
    for (const name of INSERT_HEADERS) {
      const line = CLIENT_CERTIFICATE[name];
      if (line && wanted(name)) lines.push(line);
    }
  }
  return lines;
};
