import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { customerId } from '../../domain/customer-schemas';
import { eventSchemas } from '../../domain/event-schemas';
import { fixedBy, type EventName } from '../../domain/events';
import type { EventDocument } from '../../store/events';
import type { Journey } from '../../workflows/engine/journey';
import { requireKey } from '../authentication';
import { issuesOf, problem, problemSchema } from '../errors';
import { routingHeadStart } from '../ingestion/ingestion';
import type { Refusal } from '../routing/plan';
import type { ApiServer, Parts } from '../parts';
import { takeOut } from '../take-out';
import { enrolmentBody, enrolmentSchema } from './journey-body';
import { journeyNamed, journeyParams } from './journeys';

const enrolmentRequest = z.strictObject({
  /** The same one again is the same enrolment. */
  id: z.string().min(1).max(128).optional(),
  customerId,
  event: z
    .string()
    .optional()
    .describe('Entry event as which it counts; the first of the journey by default'),
  properties: z.record(z.string(), z.unknown()).default({}).describe('Properties of that event'),
});

const query = z.object({
  step: z.string().max(256).optional(),
  open: z.stringbool().optional(),
  after: z.string().max(512).optional().describe('`next` of the page before'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

/** Who is in a journey, and where. */
export function enrolmentRoutes(app: ApiServer, parts: Parts): void {
  const { store, journeys, router, now } = parts;
  const onRequest = requireKey('admin');

  app.get(
    '/v1/journeys/:name/enrolments',
    {
      onRequest,
      schema: {
        tags: ['Journeys'],
        summary: 'Lists who is where in a journey',
        params: journeyParams,
        querystring: query,
        response: {
          200: z.object({ enrolments: z.array(enrolmentSchema), next: z.string().optional() }),
          '4xx': problemSchema,
        },
      },
    },
    async (request) => {
      const { name } = journeyNamed(journeys, request.params.name);
      const { step, open, after, limit } = request.query;
      const found = await store.enrolments.page(
        {
          journey: name,
          ...(step !== undefined && { step }),
          ...(open !== undefined && { open }),
          ...(after !== undefined && { after }),
        },
        limit,
      );
      const next = found.length === limit ? found.at(-1)?._id : undefined;
      return { enrolments: found.map(enrolmentBody), ...(next !== undefined && { next }) };
    },
  );

  app.post(
    '/v1/journeys/:name/enrolments',
    {
      onRequest,
      schema: {
        tags: ['Journeys'],
        summary: 'Enrols a customer',
        description:
          'As if the entry event had come, for this journey alone. The re-entry rule holds. 202: it is stored and will be done as soon as Temporal can be reached.',
        params: journeyParams,
        body: enrolmentRequest,
        response: {
          200: enrolmentSchema,
          201: enrolmentSchema,
          202: z.object({ id: z.string() }),
          '4xx': problemSchema,
        },
      },
    },
    async (request, reply) => {
      const journey = journeyNamed(journeys, request.params.name);
      const event = enrollingEvent(journey, request.body, now());
      if ((await store.erasures.among([request.body.customerId])).size > 0) throw problem('customer-erased');
      const note = event._id;
      const dueAt = new Date(event.receivedAt.getTime() + routingHeadStart);
      await store.outbox.putOff([{ _id: note, eventIds: [event._id], dueAt }]);
      const isNew = (await store.events.insert([event])).has(event._id);
      const [routed] = isNew ? await router.route([{ note, events: [event] }]) : [];
      const run = await store.enrolments.openedBy(event._id, request.body.customerId);
      if (run) return reply.code(isNew ? 201 : 200).send(enrolmentBody(run));
      const refusal = routed?.refusals[0];
      if (refusal) throw problem('not-enrolled', refusals[refusal]);
      return reply.code(202).send({ id: event._id });
    },
  );

  app.delete(
    '/v1/journeys/:name/enrolments/:id',
    {
      onRequest,
      schema: {
        tags: ['Journeys'],
        summary: 'Takes one customer out of a journey',
        description:
          'Ends the run as exited, wherever it is, also while the journey is paused. 202: its workflow has been told and ends within a second, or as soon as a worker runs. A run that is over stays as it ended.',
        params: journeyParams.extend({
          id: z.string().max(512).describe('Id of the enrolment, percent-encoded'),
        }),
        response: { 200: enrolmentSchema, 202: enrolmentSchema, '4xx': problemSchema, 503: problemSchema },
      },
    },
    async (request, reply) => {
      const { name } = journeyNamed(journeys, request.params.name);
      const run = await takeOut(parts, name, request.params.id);
      return reply.code(run.open ? 202 : 200).send(enrolmentBody(run));
    },
  );
}

const refusals: Record<Refusal, string> = {
  'already-open': 'A run for this customer is open.',
  're-entry': 'The re-entry rule does not let this customer in now.',
  erased: 'The customer was erased.',
};

/** The stored wish that a customer be enrolled. @throws the problem `invalid-request` */
function enrollingEvent(
  journey: Journey,
  { id = randomUUID(), customerId, event, properties }: z.infer<typeof enrolmentRequest>,
  at: Date,
): EventDocument {
  const entry = journey.entry.find((pattern) => event === undefined || pattern.event === event);
  const name = entry?.event;
  if (name === undefined) throw problem('invalid-request', 'event: not an entry event of this journey');
  const checked = eventSchemas[name satisfies EventName].safeParse({
    ...fixedBy(entry?.where),
    ...properties,
  });
  if (!checked.success) {
    const [first] = issuesOf(checked.error);
    throw problem('invalid-request', `properties.${first?.path ?? ''}: ${first?.message ?? 'not valid'}`);
  }
  return {
    _id: `enrol:${journey.name}:${id}`,
    name: 'enrolment.requested',
    customerId,
    properties: { ...fixedBy(entry?.where), ...properties },
    occurredAt: at,
    receivedAt: at,
    enrols: { journey: journey.name, event: name },
  };
}
