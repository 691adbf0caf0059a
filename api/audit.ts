import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Store } from '../store/store';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether the request came with a login to the console. */
    isOfTeam: boolean;
  }
}

/** Taking events in, asking for decisions and looking for somebody are daily business, not administration. */
const daily = [
  '/v1/decisions',
  '/v1/decisions/:id/outcomes',
  '/v1/customers',
  '/console/customers',
  '/console/logout',
];
/** Reads that hand out everything about a person. */
const disclosing = ['/v1/customers/:id/export', '/v1/customers/:id/export.html'];

/** Records every administrative act: who, what, on whom, and how it was answered. */
export function auditActs(app: FastifyInstance, { audit }: Pick<Store, 'audit'>, now: () => Date): void {
  app.decorateRequest('isOfTeam', false);
  app.addHook('onResponse', async (request, reply) => {
    const actor = actorOf(request);
    const route = request.routeOptions.url;
    if (actor === undefined || route === undefined || !isAct(request.method, route)) return;
    try {
      await audit.record({
        at: now(),
        actor,
        act: `${request.method} ${route}`,
        subject: { ...(request.params as Record<string, string>) },
        status: reply.statusCode,
      });
    } catch (error) {
      request.log.error(
        { route, error: error instanceof Error ? error.name : 'unknown' },
        'an act could not be recorded',
      );
    }
  });
}

/** Strangers are none: whoever could write to the log at will could fill it. Guesses at the login are few, and belong in it. */
function actorOf({ caller, isOfTeam, routeOptions }: FastifyRequest): string | undefined {
  if (caller && caller.scope !== 'write') return caller.name;
  return isOfTeam || routeOptions.url === '/console/login' ? 'console' : undefined;
}

const isAct = (method: string, route: string): boolean =>
  method === 'GET' || method === 'HEAD' ? disclosing.includes(route) : !daily.includes(route);
