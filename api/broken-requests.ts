import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Socket } from 'node:net';
import { problem, problemBody, problems, problemType, sendProblem, type ProblemCode } from './errors';

/** Most bytes of a request's target. */
export const longestTarget = 16_384;
/** Most bytes of a request's line and header together; a server that reads less says nothing of the target's length. */
export const longestHeader = 2 * longestTarget;

/** Refuses a target that is too long, whatever it names. */
export function refuseLongTargets(app: FastifyInstance): void {
  app.addHook('onRequest', (request: FastifyRequest, _reply, done) => {
    const isTooLong = Buffer.byteLength(request.originalUrl) > longestTarget;
    done(isTooLong ? problem('uri-too-long', `At most ${longestTarget} bytes.`) : undefined);
  });
}

/** Answers a path that leads to no route because of how it is written. */
export function answerBadPath(
  { code }: Pick<FastifyError, 'code'>,
  _request: unknown,
  reply: FastifyReply,
): void {
  const isTooLong = code === 'FST_ERR_MAX_PARAM_LENGTH';
  void sendProblem(
    reply,
    isTooLong ? 'uri-too-long' : 'invalid-request',
    isTooLong ? undefined : 'The path is no percent-encoded UTF-8.',
  );
}

type ClientError = Error & { readonly code?: string; readonly rawPacket?: unknown };

/** Answers what is no request of HTTP, or is longer than any, as a problem, and ends the connection. */
export function answerBroken(error: ClientError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable) {
    const code = codeOf(error);
    const { status, title } = problems[code];
    const body = JSON.stringify(problemBody(code));
    const head = [
      `HTTP/1.1 ${status} ${title}`,
      `content-type: ${problemType}`,
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  }
  socket.destroy(error);
}

function codeOf({ code, rawPacket }: ClientError): ProblemCode {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'request-timeout';
  if (code !== 'HPE_HEADER_OVERFLOW') return 'invalid-request';
  // Of a line that came in many packets this is only the last, and has no line of the header either.
  const end = Buffer.isBuffer(rawPacket) ? rawPacket.indexOf('\n') : -1;
  return end < 0 || end > longestTarget ? 'uri-too-long' : 'headers-too-large';
}
