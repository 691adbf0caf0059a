import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Configuration } from '../domain/configuration';
import { trackingCalls } from '../domain/tracking-schemas';
import { keyInHeader } from './authentication';
import { problem } from './errors';
import type { Caller, Keyring } from './keyring';

declare module 'fastify' {
  interface FastifyInstance {
    keyring: Keyring;
  }
  interface FastifyRequest {
    /** Whose key the request brings in its header. */
    caller: Caller | undefined;
  }
}

/** Most guesses per minute from one address: of a key, and of the admin key at the console's login. */
const [wrongKeys, logins] = [600, 20];
/** For Prometheus and probes, which come often and from one address. */
const unlimited = new Set(['/healthz', '/readyz', '/metrics']);
/** Paths to which browsers of other origins may post. */
const trackingPaths = new Set([...Object.keys(trackingCalls), 'batch'].map((call) => `/v1/${call}`));

/**
 * Guards every route: says whose key a request brings, limits how often somebody may ask, lets browsers post events from
 * the origins that are allowed, and sends headers that give pages of ours no power beyond what they say themselves.
 * Limits are counted by each process.
 */
export async function protect(
  app: FastifyInstance,
  { access, http }: Pick<Configuration, 'access' | 'http'>,
  keyring: Keyring,
): Promise<void> {
  app.decorate('keyring', keyring);
  app.decorateRequest('caller', undefined);
  app.addHook('onRequest', async (request) => {
    const key = keyInHeader(request);
    request.caller = key === undefined ? undefined : await keyring.identify(key);
  });
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        ...{ defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
        ...{ baseUri: ["'none'"], formAction: ["'none'"] },
      },
    },
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: http.publicUrl.startsWith('https:') ? { maxAge: 31_536_000 } : false,
  });
  await app.register(cors, {
    delegator: (request, done) => {
      const isTracking = trackingPaths.has(request.url.split('?', 1)[0] ?? '');
      const origins = access.corsOrigins.includes('*') ? '*' : [...access.corsOrigins];
      done(null, {
        origin: isTracking && origins.length > 0 ? origins : false,
        methods: ['POST'],
        maxAge: 86_400,
      });
    },
  });
  await app.register(rateLimit, { global: false });
  app.addHook(
    'onRequest',
    app.rateLimit({
      timeWindow: '1 minute',
      max: (request) => limitOf(request, access),
      keyGenerator: bucketOf,
      allowList: (request) => unlimited.has(request.routeOptions.url ?? ''),
      errorResponseBuilder: (_request, { after }) =>
        problem('rate-limited', `Too many requests. Ask again in ${after}.`),
    }),
  );
}

type Bucket = 'login' | 'wrong-key' | 'public' | 'write' | 'admin';

function kindOf(request: FastifyRequest): Bucket {
  const { caller } = request;
  if (caller) return caller.scope === 'write' ? 'write' : 'admin';
  if (request.routeOptions.url === '/console/login' || bringsKeyInAddress(request)) return 'login';
  return keyInHeader(request) === undefined ? 'public' : 'wrong-key';
}

/** The console's link with the key in it, which the first start prints. */
const bringsKeyInAddress = ({ routeOptions, query }: FastifyRequest): boolean =>
  routeOptions.url === '/' && typeof query === 'object' && query !== null && 'key' in query;

/** Callers are counted by their key, all others by their address. */
const bucketOf = (request: FastifyRequest): string =>
  `${kindOf(request)}/${request.caller ? `${request.caller.id}/${request.caller.name}` : request.ip}`;

function limitOf(request: FastifyRequest, { requestsPerMinute }: Configuration['access']): number {
  const kind = kindOf(request);
  switch (kind) {
    case 'login':
      return logins;
    case 'wrong-key':
      return wrongKeys;
    case 'public':
    case 'write':
    case 'admin':
      return requestsPerMinute[kind];
    default:
      return kind satisfies never;
  }
}
