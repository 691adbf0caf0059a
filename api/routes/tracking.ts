import { z } from 'zod';
import {
  batchItem,
  batchSchema,
  trackingCalls,
  type TrackingCall,
  type TrackingKind,
} from '../../domain/tracking-schemas';
import { requireKey } from '../authentication';
import { issuesOf, problem, problemSchema } from '../errors';
import type { Arrival } from '../ingestion/arrival';
import { noRoom, roomRule, withoutRoom } from '../ingestion/room';
import { readCall, type CallIssues } from '../ingestion/tracking';
import type { ApiServer, Parts } from '../parts';

const historical =
  'An event whose `timestamp` is more than 7 days before its receipt is history: it is stored and counted, but starts and moves no journey.';
const reserved =
  'Names of events that only Perene itself emits (`message.opened`, `consent.confirmed`, `segment.entered` and the like) are refused.';
const repeats = 'A `messageId` that was received before is acknowledged and ignored.';

const rejectedItem = z.object({
  index: z.number().int(),
  issues: z.array(z.object({ path: z.string(), message: z.string() })),
});

/** Most bytes of a batch, after decompression. */
const batchBodyLimit = 4 * 1_048_576;

/** Segment's HTTP tracking API. */
export function trackingRoutes(
  app: ApiServer,
  { configuration, store, ingestion, metrics, now }: Parts,
): void {
  const defaults = { locale: configuration.business.locale };
  const preValidation = requireKey('write');

  for (const kind of Object.keys(trackingCalls) as TrackingKind[]) {
    app.post(
      `/v1/${kind}`,
      {
        preValidation,
        schema: {
          tags: ['Tracking'],
          summary: summaries[kind],
          description: `${repeats} ${historical}${kind === 'track' ? ` ${reserved}` : kind === 'identify' ? ` ${roomRule}` : ''}`,
          body: trackingCalls[kind],
          response: { 200: z.object({ success: z.literal(true) }), '4xx': problemSchema },
        },
      },
      async (request) => {
        const read = readCall({ ...request.body, type: kind } as TrackingCall, now(), defaults);
        if ('issues' in read) metrics.received('rejected', 1);
        if ('issues' in read) throw problem('invalid-request', inWords(read.issues));
        if ((await withoutRoom(store, [read.arrival])).size > 0) {
          metrics.received('rejected', 1);
          throw problem('invalid-request', inWords([noRoom]));
        }
        await ingestion.accept([read.arrival]);
        return { success: true } as const;
      },
    );
  }

  app.post(
    '/v1/batch',
    {
      preValidation,
      bodyLimit: batchBodyLimit,
      schema: {
        tags: ['Tracking'],
        summary: 'Takes many calls at once',
        description: `Items that are not valid are listed in \`rejected\` by their index; the others are stored. ${repeats} ${historical} ${reserved} ${roomRule}`,
        body: batchSchema,
        response: {
          200: z.object({
            success: z.boolean().describe('Whether every item was taken'),
            accepted: z.number().int(),
            rejected: z.array(rejectedItem).optional(),
          }),
          '4xx': problemSchema,
        },
      },
    },
    async (request) => {
      const at = now();
      const read: { readonly index: number; readonly arrival: Arrival }[] = [];
      const rejected: z.infer<typeof rejectedItem>[] = [];
      for (const [index, item] of request.body.batch.entries()) {
        const parsed = batchItem.safeParse(item);
        const call = parsed.success
          ? readCall(parsed.data, at, defaults)
          : { issues: issuesOf(parsed.error) };
        if ('issues' in call) rejected.push({ index, issues: call.issues });
        else read.push({ index, arrival: call.arrival });
      }
      const refused = await withoutRoom(
        store,
        read.map(({ arrival }) => arrival),
      );
      const arrivals = read.flatMap(({ index, arrival }) => {
        if (refused.has(arrival)) rejected.push({ index, issues: [noRoom] });
        return refused.has(arrival) ? [] : [arrival];
      });
      rejected.sort((a, b) => a.index - b.index);
      metrics.received('rejected', rejected.length);
      await ingestion.accept(arrivals);
      return {
        success: rejected.length === 0,
        accepted: arrivals.length,
        ...(rejected.length > 0 && { rejected }),
      };
    },
  );
}

const summaries = {
  identify: 'Says who a customer is',
  track: 'Says what a customer did',
  page: 'Says which page a customer saw',
  screen: 'Says which screen of an app a customer saw',
  group: 'Says to which group a customer belongs',
  alias: 'Says that two ids are one customer',
} as const satisfies Record<TrackingKind, string>;

const inWords = (issues: CallIssues): string =>
  issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');
