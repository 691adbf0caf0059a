import { createGunzip } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { problem } from './errors';

/** Lets clients send gzip bodies; the body limit holds for what they unpack to. */
export function acceptGzip(app: FastifyInstance): void {
  app.addHook('preParsing', async (request, _reply, payload) => {
    const encoding = request.headers['content-encoding'];
    if (encoding === undefined || encoding === 'identity') return payload;
    if (encoding !== 'gzip') throw problem('unsupported-media-type', 'Send the body plain or with gzip.');
    delete request.headers['content-encoding'];
    delete request.headers['content-length'];
    const unpacked = createGunzip();
    payload.on('error', (error) => unpacked.destroy(error));
    unpacked.on('error', (error) => Object.assign(error, { problem: 'invalid-encoding' }));
    return payload.pipe(unpacked);
  });
}

/** Lets browsers send JSON as `text/plain`, as they must without asking the server first. */
export function acceptPlainTextJson(app: FastifyInstance): void {
  app.addContentTypeParser('text/plain', { parseAs: 'string' }, app.getDefaultJsonParser('error', 'error'));
}

/** Lets webhooks and pages post forms; a name that comes twice keeps its last value. */
export function acceptForms(app: FastifyInstance): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => {
      done(null, Object.fromEntries(new URLSearchParams(body.toString())));
    },
  );
}
