import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import { hasZodFastifySchemaValidationErrors, isResponseSerializationError } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { noteMethods } from './other-methods';

/** Every problem the API answers with. The code is stable; programs may compare it. */
export const problems = {
  'invalid-request': { status: 400, title: 'The request is not valid' },
  'invalid-json': { status: 400, title: 'The body is not JSON' },
  'invalid-encoding': { status: 400, title: 'The body is not what its Content-Encoding says' },
  'invalid-link': { status: 400, title: 'The link is not complete or not ours' },
  unauthorized: { status: 401, title: 'A valid key is required' },
  forbidden: { status: 403, title: 'The key does not open this' },
  'invalid-signature': { status: 403, title: 'The signature is not valid' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'method-not-allowed': { status: 405, title: 'The path does not take this method' },
  'not-enrolled': { status: 409, title: 'The journey does not take this customer now' },
  'not-replayable': { status: 409, title: 'The delivery cannot be replayed now' },
  'broadcast-over': { status: 409, title: 'The broadcast is past that' },
  'customer-erased': { status: 409, title: 'The customer was erased' },
  'request-timeout': { status: 408, title: 'The request did not come to its end' },
  'no-longer-kept': { status: 410, title: 'It is no longer kept' },
  'too-large': { status: 413, title: 'The body is too large' },
  'uri-too-long': { status: 414, title: 'The address is too long' },
  'unsupported-media-type': { status: 415, title: 'The content type or encoding is not supported' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  'headers-too-large': { status: 431, title: 'The header is too large' },
  internal: { status: 500, title: 'Something went wrong on our side' },
  unavailable: { status: 503, title: 'A part of the system cannot be reached; try again' },
} as const;

export type ProblemCode = keyof typeof problems;

const issueSchema = z.object({ path: z.string(), message: z.string() });

/** The body of an error answer: a problem of RFC 9457. */
export const problemSchema = z.object({
  type: z.string().describe('`urn:perene:problem:` and the code'),
  code: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string().optional(),
  issues: z.array(issueSchema).optional().describe('What is wrong, and where in the request'),
});

type Issue = z.infer<typeof issueSchema>;

/** An error that is answered as a problem. `detail` is read by the caller: no personal data, no internals. */
export function problem(code: ProblemCode, detail?: string): Error & { readonly problem: ProblemCode } {
  return Object.assign(new Error(detail ?? problems[code].title), { problem: code });
}

/** The body of a problem. */
export function problemBody(code: ProblemCode, detail?: string, issues?: readonly Issue[]) {
  return {
    type: `urn:perene:problem:${code}`,
    code,
    ...problems[code],
    ...(detail !== undefined && { detail }),
    ...(issues !== undefined && { issues: [...issues] }),
  };
}

/** What is wrong with a value, in words, without the value. */
export const issuesOf = (error: z.ZodError): Issue[] =>
  error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }));

/** Answers every error of a server as a problem, and logs those that are ours. */
export function answerErrors(app: FastifyInstance): void {
  const methodsOf = noteMethods(app);
  app.setNotFoundHandler((request, reply) => {
    const allowed = methodsOf(request.url);
    if (allowed === undefined) return sendProblem(reply, 'not-found', 'No such path.');
    return sendProblem(reply.header('allow', allowed), 'method-not-allowed', `It takes ${allowed}.`);
  });
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    if (hasZodFastifySchemaValidationErrors(error)) {
      const issues = error.validation.map(({ instancePath, message }) => ({
        path: [error.validationContext, ...instancePath.split('/').filter(Boolean)].join('.'),
        message: message ?? 'is not valid',
      }));
      return reply
        .code(400)
        .type(problemType)
        .send(problemBody('invalid-request', undefined, issues));
    }
    const code = codeOf(error);
    if (problems[code].status >= 500) {
      request.log.error({ route: request.routeOptions.url, ...withoutValues(error) }, 'request failed');
    }
    return sendProblem(reply, code, 'problem' in error ? error.message : undefined);
  });
}

/** The media type of a problem. */
export const problemType = 'application/problem+json';

/** Answers with a problem. */
export function sendProblem(reply: FastifyReply, code: ProblemCode, detail?: string): FastifyReply {
  if (code === 'unauthorized') void reply.header('www-authenticate', 'Basic realm="perene"');
  if (code === 'unavailable') void reply.header('retry-after', '1');
  return reply.code(problems[code].status).type(problemType).send(problemBody(code, detail));
}

function codeOf(error: FastifyError & { problem?: ProblemCode }): ProblemCode {
  if (error.problem !== undefined) return error.problem;
  if (isResponseSerializationError(error)) return 'internal';
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return 'too-large';
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return 'unsupported-media-type';
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return 'invalid-json';
    default:
  }
  if (error.name.startsWith('Mongo') || error.name === 'ServiceError') return 'unavailable';
  return error.statusCode !== undefined && error.statusCode < 500 ? 'invalid-request' : 'internal';
}

/** An error for the log: a database's message may quote the document that it refused, so only its name and place stay. */
function withoutValues({ name, code, stack }: Error & { code?: unknown }): Record<string, unknown> {
  return { error: { name, code, stack: stack?.split('\n').filter((line) => line.startsWith('    at ')) } };
}
