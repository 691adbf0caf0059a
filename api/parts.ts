import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Client } from '@temporalio/client';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { createDecisions, type Decisions } from '../activities/decisions/decisions';
import { removeCustomerFiles } from '../activities/erasure/customer-files';
import { createErasure, type Erasure } from '../activities/erasure/erasure';
import { temporalHistories } from '../activities/erasure/histories';
import { sentCopies } from '../activities/erasure/sent-copies';
import type { Configuration } from '../domain/configuration';
import type { Store } from '../store/store';
import type { Journey } from '../workflows/engine/journey';
import { startErasureSweeper } from './erasure-sweeper';
import { createIngestion, type Ingestion } from './ingestion/ingestion';
import { createFigures, type Figures } from './journey-figures';
import { createMetrics, type Metrics } from './metrics';
import { createLateGoals } from './routing/late-goals';
import { createRouter, type Router } from './routing/router';
import { startRoutingQueue } from './routing/queue';
import { temporalRuns, type Runs } from './routing/runs';

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

/** What routes are given. */
export interface Parts extends ApiDependencies {
  readonly now: () => Date;
  readonly runs: Runs;
  readonly router: Router;
  readonly ingestion: Ingestion;
  readonly decisions: Decisions;
  readonly erasure: Erasure;
  readonly figures: Figures;
  readonly metrics: Metrics;
  /** Finishes what was taken. */
  close(): Promise<void>;
}

/** How long closing goes on routing what was stored, milliseconds. */
const closingPatience = 5_000;

/** Puts together what stands behind the routes, and starts routing. */
export function assembleParts(dependencies: ApiDependencies): Parts {
  const { configuration, store, temporal, journeys, log, now = () => new Date() } = dependencies;
  const decisions = createDecisions({
    store,
    business: configuration.business,
    now: () => now().getTime(),
  });
  const metrics = createMetrics({ waiting: () => queue.size() });
  const runs = temporalRuns(temporal);
  const recordLateGoals = createLateGoals(journeys, store);
  const router = createRouter({
    store,
    runs,
    journeys,
    globalHoldout: configuration.globalHoldout,
    onRouted: async (events) => {
      await decisions.recordOutcomes(events);
      await recordLateGoals(events);
    },
    count: metrics.routed,
    now,
    log,
  });
  const queue = startRoutingQueue({ store, router, now, log });
  const erasure = createErasure({
    store,
    histories: temporalHistories(temporal),
    copies: sentCopies(configuration),
    removeFiles: (customerId) => removeCustomerFiles(configuration.dataDir, customerId),
    now,
    onPutOff: (about) => log.warn(about, 'part of an erasure put off'),
  });
  const erasures = startErasureSweeper(erasure, log);
  const ingestion = createIngestion({
    store,
    doubleOptIn: configuration.doubleOptIn,
    route: queue.push,
    count: metrics.received,
    now,
  });
  return {
    ...dependencies,
    now,
    runs,
    router,
    ingestion,
    decisions,
    erasure,
    metrics,
    figures: createFigures(store, now),
    async close() {
      await ingestion.idle();
      await erasures.close();
      await queue.close(closingPatience);
    },
  };
}
