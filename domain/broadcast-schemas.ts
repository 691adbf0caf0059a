import { z } from 'zod';
import type { Broadcast } from './broadcast';
import type { LocalTime } from './local-moment';
import { dateText, instantText } from './instant-schemas';
import { channels, topics } from './messages';
import { segments, type SegmentName } from './segments';

const time = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be HH:MM, 00:00 to 23:59')
  .transform((text) => text as LocalTime);

const at = z.union([
  z.strictObject({ time }).describe("The next such time after the broadcast's start"),
  z.strictObject({
    time,
    date: dateText,
    ifPast: z
      .enum(['send', 'skip'])
      .describe('What then, for those for whom the moment is over when the broadcast starts'),
  }),
]);

/** The body of `POST /v1/broadcasts`. */
export const broadcastSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be lower-case letters, digits and hyphens, at most 64')
    .describe('The same id again is the same broadcast'),
  segment: z.enum(Object.keys(segments) as SegmentName[]),
  channel: z.enum(channels),
  template: z.string().max(128),
  variables: z.record(z.string(), z.unknown()).default({}),
  topic: z.enum(topics).optional(),
  startsAt: instantText.optional().describe('Now, where not given'),
  at: at.optional().describe("A time of day in each person's own zone; as soon as it is allowed by default"),
  perSecond: z
    .number()
    .positive()
    .optional()
    .describe("Most messages a second; the channel's rate by default"),
  holdout: z.number().min(0).max(100).default(0).describe('Share that is measured and not messaged, percent'),
});

export type BroadcastRequest = z.infer<typeof broadcastSchema>;

/** A request as the rest of Perene knows it, without what says when it starts. */
export function toBroadcast(request: BroadcastRequest): Broadcast {
  const { id, segment, channel, template, variables, holdout, topic, at, perSecond } = request;
  return {
    id,
    segment,
    channel,
    template,
    variables,
    holdout,
    ...(topic !== undefined && { topic }),
    ...(at !== undefined && { at }),
    ...(perSecond !== undefined && { perSecond }),
  };
}
