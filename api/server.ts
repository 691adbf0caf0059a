import { randomUUID } from 'node:crypto';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import Fastify, { LogController } from 'fastify';
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { auditActs } from './audit';
import {
  answerBadPath,
  answerBroken,
  longestHeader,
  longestTarget,
  refuseLongTargets,
} from './broken-requests';
import { answerErrors } from './errors';
import { acceptForms, acceptGzip, acceptPlainTextJson } from './bodies';
import { createKeyring } from './keyring';
import { logo } from './logo';
import { measureRequests } from './metrics';
import { consoleRoutes } from './console/routes';
import { description, withProblems } from './openapi';
import { assembleParts, type ApiDependencies, type ApiServer } from './parts';
import { alertRoutes } from './routes/alerts';
import { broadcastRoutes } from './routes/broadcasts';
import { protect } from './protection';
import { consentRoutes } from './routes/consents';
import { customerHistoryRoutes } from './routes/customer-history';
import { customerRoutes } from './routes/customers';
import { decisionRoutes } from './routes/decisions';
import { deliveryRoutes } from './routes/deliveries';
import { enrolmentRoutes } from './routes/enrolments';
import { healthRoutes } from './routes/health';
import { inboundEmailRoutes } from './routes/inbound-email';
import { journeyRoutes } from './routes/journeys';
import { keyRoutes } from './routes/keys';
import { linkRoutes } from './routes/links';
import { messageRoutes } from './routes/messages';
import { modelRoutes } from './routes/models';
import { offerRoutes } from './routes/offers';
import { publicRoutes } from './routes/public';
import { surveyRoutes } from './routes/surveys';
import { trackingRoutes } from './routes/tracking';
import { twilioRoutes } from './routes/twilio';
import { webhookRoutes } from './routes/webhooks';

export type { ApiDependencies, ApiServer } from './parts';

/** Most bytes of a body, after decompression. */
const bodyLimit = 1_048_576;

/**
 * What the page of the API's documentation may do: run its own scripts and ask this server. The hash is that of the one
 * style sheet that Swagger UI's script puts into the page by itself.
 */
const documentationPolicy = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': ["'self'", "'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='"],
  'img-src': ["'self'", 'data:'],
  'connect-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'self'",
  'frame-ancestors': "'none'",
};

/** A request's target without the scheme and host that proxies may put before its path (RFC 9112, section 3.2.2). */
const pathOf = (target: string): string => target.replace(/^https?:\/\/[^/?#]*\/?/i, '/');

/** A closing server waits for connections that its clients keep: answers that it still gives end theirs. */
function keepNoConnection(app: ApiServer): void {
  let isClosing = false;
  app.addHook('preClose', async () => {
    isClosing = true;
  });
  app.addHook('onSend', async (_request, reply) => {
    if (isClosing) reply.header('connection', 'close');
  });
}

/**
 * Builds the HTTP server: routes, event router and sweeper. It does not listen yet; `close()` finishes what it has taken.
 */
export async function buildServer(dependencies: ApiDependencies): Promise<ApiServer> {
  const { configuration, store, now = () => new Date() } = dependencies;
  const app = Fastify({
    loggerInstance: dependencies.log,
    bodyLimit,
    http: { maxHeaderSize: longestHeader },
    clientErrorHandler: answerBroken,
    frameworkErrors: answerBadPath,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: longestTarget },
    rewriteUrl: ({ url = '/' }) => pathOf(url),
    forceCloseConnections: 'idle',
    trustProxy: (_address, hop) => hop < configuration.access.trustedProxies,
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  answerErrors(app);
  refuseLongTargets(app);
  await protect(app, configuration, createKeyring(store, configuration.keys, now));
  auditActs(app, store, now);
  acceptGzip(app);
  acceptPlainTextJson(app);
  acceptForms(app);
  await app.register(swagger, {
    openapi: description(configuration),
    transform: jsonSchemaTransform,
    transformObject: (document) => withProblems(jsonSchemaTransformObject(document)),
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: documentationPolicy,
    logo: { type: 'image/svg+xml', content: logo, href: '/' },
    theme: { title: 'Perene API' },
  });
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());

  const parts = assembleParts(dependencies);
  app.addHook('onClose', () => parts.close());
  keepNoConnection(app);
  measureRequests(app, parts.metrics);
  const routes = [
    healthRoutes,
    trackingRoutes,
    customerRoutes,
    customerHistoryRoutes,
    consentRoutes,
    journeyRoutes,
    enrolmentRoutes,
    broadcastRoutes,
    offerRoutes,
    decisionRoutes,
    modelRoutes,
    messageRoutes,
    surveyRoutes,
    publicRoutes,
    linkRoutes,
    twilioRoutes,
    webhookRoutes,
    alertRoutes,
    deliveryRoutes,
    inboundEmailRoutes,
    keyRoutes,
    consoleRoutes,
  ];
  for (const register of routes) register(app, parts);
  return app;
}
