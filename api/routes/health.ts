import { z } from 'zod';
import type { ApiServer, Parts } from '../parts';

const part = z.enum(['up', 'down']);
const readiness = z.object({ status: z.enum(['ready', 'not-ready']), mongodb: part, temporal: part });

/** How long a part may take to answer before it counts as down, milliseconds. */
const patience = 2_000;

/** Whether the process lives, and whether it can do its work. */
export function healthRoutes(app: ApiServer, { store, temporal, configuration }: Parts): void {
  const { namespace } = configuration.temporal;
  app.get(
    '/healthz',
    {
      schema: {
        tags: ['Operations'],
        security: [],
        summary: 'Whether the process lives',
        response: { 200: z.object({ status: z.literal('ok') }) },
      },
    },
    () => ({ status: 'ok' }) as const,
  );

  app.get(
    '/readyz',
    {
      schema: {
        tags: ['Operations'],
        security: [],
        summary: 'Whether MongoDB and Temporal can be reached',
        response: { 200: readiness, 503: readiness },
      },
    },
    async (_request, reply) => {
      const [mongodb, server] = await Promise.all([
        isUp(store.ping()),
        isUp(
          temporal.withDeadline(Date.now() + patience, () =>
            temporal.workflowService.describeNamespace({ namespace }),
          ),
        ),
      ]);
      const isReady = mongodb === 'up' && server === 'up';
      return reply
        .code(isReady ? 200 : 503)
        .send({ status: isReady ? 'ready' : 'not-ready', mongodb, temporal: server });
    },
  );
}

async function isUp(answer: Promise<unknown>): Promise<'up' | 'down'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'down'>((resolve) => (timer = setTimeout(resolve, patience, 'down')));
  const outcome = await Promise.race([
    answer.then(
      () => 'up' as const,
      () => 'down' as const,
    ),
    late,
  ]);
  clearTimeout(timer);
  return outcome;
}
