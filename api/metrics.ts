import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Numbers about this process, in Prometheus' format. Labels are routes and codes, never ids. */
export interface Metrics {
  readonly registry: Registry;
  /** Counts events that came in. */
  readonly received: (outcome: 'stored' | 'repeated' | 'rejected', count: number) => void;
  /** Counts events that were routed or put off. */
  readonly routed: (outcome: 'routed' | 'postponed', count: number) => void;
}

export function createMetrics({ waiting }: { readonly waiting: () => number }): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: 'perene_api_' });
  const received = new Counter({
    name: 'perene_events_received_total',
    help: 'Events that came in, by what became of them',
    labelNames: ['outcome'],
    registers,
  });
  const routed = new Counter({
    name: 'perene_events_routed_total',
    help: 'Attempts to route an event, by how they ended',
    labelNames: ['outcome'],
    registers,
  });
  new Gauge({
    name: 'perene_events_waiting',
    help: 'Events in the memory of this process that wait to be routed',
    registers,
    collect() {
      this.set(waiting());
    },
  });
  return {
    registry,
    received: (outcome, count) => {
      if (count > 0) received.inc({ outcome }, count);
    },
    routed: (outcome, count) => {
      if (count > 0) routed.inc({ outcome }, count);
    },
  };
}

/** Measures every request, and serves `/metrics`. */
export function measureRequests(app: FastifyInstance, { registry }: Metrics): void {
  const duration = new Histogram({
    name: 'perene_http_request_duration_seconds',
    help: 'Time to answer a request',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    duration.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1_000);
  });
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
}
