import { z } from 'zod';
import { dateText, instantText } from './instant-schemas';
import { attributesAtOnce, customerId } from './customer-schemas';

/** Keeps what would break a database document, or hide in one, out of free-form properties. */
const maximumDepth = 12;

function isPlainJson(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depth === maximumDepth) return false;
  return Object.entries(value).every(
    ([key, inner]) => !key.includes('\0') && key !== '__proto__' && isPlainJson(inner, depth + 1),
  );
}

const anyProperties = z
  .record(z.string(), z.unknown())
  .refine((value) => isPlainJson(value), `at most ${maximumDepth} levels, and no key with a NUL character`);

const who = z.union([customerId, z.number()]).transform(String);

/** What every call may carry. Fields that are not named here (`context`, `integrations`) are accepted and dropped. */
const call = {
  messageId: z.string().min(1).max(256).nullish(),
  userId: who.nullish(),
  anonymousId: who.nullish(),
  timestamp: z.union([instantText, dateText]).nullish(),
};

const traits = anyProperties.nullish();
const profile = anyProperties
  .refine((given) => Object.keys(given).length <= attributesAtOnce, `at most ${attributesAtOnce} traits`)
  .meta({ maxProperties: attributesAtOnce })
  .nullish();

/** The calls of Segment's HTTP tracking API, each with the fields that Perene reads. */
export const trackingCalls = {
  identify: z.object({ ...call, traits: profile }),
  track: z.object({ ...call, event: z.string().min(1).max(128), properties: traits }),
  page: z.object({ ...call, name: z.string().max(256).nullish(), properties: traits }),
  screen: z.object({ ...call, name: z.string().max(256).nullish(), properties: traits }),
  group: z.object({ ...call, groupId: who, traits }),
  alias: z.object({ ...call, previousId: who, userId: who }),
};

export type TrackingKind = keyof typeof trackingCalls;

/** One call of a batch, told apart by its `type`. */
export const batchItem = z.discriminatedUnion('type', [
  trackingCalls.identify.extend({ type: z.literal('identify') }),
  trackingCalls.track.extend({ type: z.literal('track') }),
  trackingCalls.page.extend({ type: z.literal('page') }),
  trackingCalls.screen.extend({ type: z.literal('screen') }),
  trackingCalls.group.extend({ type: z.literal('group') }),
  trackingCalls.alias.extend({ type: z.literal('alias') }),
]);

export type TrackingCall = z.infer<typeof batchItem>;

/** The body of `POST /v1/batch`. Items are judged one by one, so that a bad one does not take the others with it. */
export const batchSchema = z.object({
  batch: z.array(z.unknown()).min(1).max(2_500),
  writeKey: z.string().max(256).nullish(),
});
