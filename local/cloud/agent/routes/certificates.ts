import { createHash } from 'node:crypto';
import { type Call, type Route, openRoute as route } from '../../http/router.ts';
import type { Amphora } from '../amphora.ts';
import { LOCAL_COPY, localizeCertificateList } from '../haproxy/localize.ts';
import { ok, problem } from './replies.ts';

const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');

/** Certificates and certificate lists of load balancers. Their content is written to the instance's disk and nowhere else. */
export const certificateRoutes = (amphora: Amphora): readonly Route[] => {
  const path = ({ params }: Call): string => {
    const file = params.file ?? '';
    if (!/^[\w-]+\.pem$/.test(file)) throw problem(400, 'Filename has wrong format');
    return `${amphora.settings().baseCertDir}/${params.id}/${file}`;
  };
  const URL = '/1.0/loadbalancer/:id/certificates/:file';
  return [
    route(`PUT ${URL}`, (call) => {
      amphora.files.write(path(call), call.body);
      const text = call.body.toString();
      if (!text.includes('-----BEGIN')) {
        const places = { baseCertDir: amphora.settings().baseCertDir, onHost: amphora.files.onHost };
        amphora.files.write(`${path(call)}${LOCAL_COPY}`, localizeCertificateList(text, places));
      }
      return ok(200, undefined, { etag: md5(call.body) });
    }),
    route(`GET ${URL}`, (call) => {
      const content = amphora.files.read(path(call));
      if (content === null) {
        throw problem(404, 'Certificate Not Found', `No certificate with filename: ${call.params.file}`);
      }
      return { status: 200, body: { md5sum: md5(content) }, headers: { etag: md5(content) } };
    }),
    route(`DELETE ${URL}`, (call) => {
      amphora.files.remove(path(call));
      amphora.files.remove(`${path(call)}${LOCAL_COPY}`);
      return ok(200);
    }),
  ];
};
