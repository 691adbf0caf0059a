import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { Client } from '@temporalio/client';
import Fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type RawServerDefault,
} from 'fastify';
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import type { Configuration } from '../domain/configuration';
import type { Store } from '../store/store';
import type { Journey } from '../workflows/engine/journey';
import { answerErrors } from './errors';
import { acceptGzip, acceptPlainTextJson } from './bodies';
import { createIngestion } from './ingestion/ingestion';
import { description } from './openapi';
import { createFigures } from './journey-figures';
import { customerRoutes } from './routes/customers';
import { enrolmentRoutes } from './routes/enrolments';
import { healthRoutes } from './routes/health';
import { journeyRoutes } from './routes/journeys';
import { trackingRoutes } from './routes/tracking';
import { createRouter } from './routing/router';
import { startRoutingQueue } from './routing/queue';
import { temporalRuns } from './routing/runs';

/** Everything the API works with. */
export interface ApiDependencies {
  readonly configuration: Configuration;
  readonly store: Store;
  readonly temporal: Client;
  readonly journeys: readonly Journey[];
  readonly log: FastifyBaseLogger;
  readonly now?: () => Date;
}

/** A server with zod schemas on its routes. */
export type ApiServer = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** Most bytes of a body, after decompression. */
const bodyLimit = 1_048_576;
/** How long a closing server goes on routing what it has stored, milliseconds. */
const closingPatience = 5_000;

/**
 * Builds the HTTP server: routes, event router and sweeper. It does not listen yet; `close()` finishes what it has taken.
 */
export async function buildServer(dependencies: ApiDependencies): Promise<ApiServer> {
  const { configuration, store, temporal, journeys, log, now = () => new Date() } = dependencies;
  const app = Fastify({
    loggerInstance: log,
    bodyLimit,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 512 },
    forceCloseConnections: 'idle',
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  answerErrors(app);
  acceptGzip(app);
  acceptPlainTextJson(app);
  await app.register(swagger, {
    openapi: description(configuration),
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  await app.register(swaggerUi, { routePrefix: '/docs' });

  const runs = temporalRuns(temporal);
  const router = createRouter({ store, runs, journeys, now, log });
  const queue = startRoutingQueue({ store, router, now, log });
  const ingestion = createIngestion({ store, route: queue.push, now });
  app.addHook('onClose', async () => {
    await ingestion.idle();
    await queue.close(closingPatience);
  });

  const parts: Parts = { ...dependencies, now, runs, router, ingestion, figures: createFigures(store, now) };
  healthRoutes(app, parts);
  trackingRoutes(app, parts);
  customerRoutes(app, parts);
  journeyRoutes(app, parts);
  enrolmentRoutes(app, parts);
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
  return app;
}

/** What routes are given. */
export interface Parts extends ApiDependencies {
  readonly now: () => Date;
  readonly runs: ReturnType<typeof temporalRuns>;
  readonly router: ReturnType<typeof createRouter>;
  readonly ingestion: ReturnType<typeof createIngestion>;
  readonly figures: ReturnType<typeof createFigures>;
}
